//! Commands on the practice's own words: tags, pools, views, canned responses, staff, settings.

use domain::operation::Change;
use domain::rights::Right;
use domain::views::Canned;
use domain::{CannedId, Pool, PoolId, StaffId, StaffMember, Tag, TagId, View, ViewId};

use crate::caller::Caller;
use crate::desk::required;
use crate::error::Result;
use crate::requests::{
    Done, OfCanned, OfPool, OfTag, OfView, SaveCanned, SavePool, SaveSetting, SaveStaff, SaveTag,
    SaveView, SavedId,
};

impl Caller {
    /// Makes a tag, or changes one.
    pub(crate) async fn save_tag(&self, request: SaveTag) -> Result<SavedId> {
        let id = request
            .id
            .unwrap_or_else(|| TagId::new(self.desk.options.clock.now()));
        let name = required(&request.name, "tag's name")?;
        self.commit(Change::TagSaved {
            tag: Tag {
                id,
                name,
                colour: request.colour,
            },
        })
        .await?;
        Ok(SavedId { id: id.to_string() })
    }

    /// Puts a tag away.
    pub(crate) async fn remove_tag(&self, request: OfTag) -> Result<Done> {
        self.commit_one(Change::TagRemoved { tag: request.tag })
            .await
    }

    /// Makes a pool, or renames one.
    pub(crate) async fn save_pool(&self, request: SavePool) -> Result<SavedId> {
        let id = request
            .id
            .unwrap_or_else(|| PoolId::new(self.desk.options.clock.now()));
        let name = required(&request.name, "pool's name")?;
        self.commit(Change::PoolSaved {
            pool: Pool { id, name },
        })
        .await?;
        Ok(SavedId { id: id.to_string() })
    }

    /// Puts a pool away.
    pub(crate) async fn remove_pool(&self, request: OfPool) -> Result<Done> {
        self.commit_one(Change::PoolRemoved { pool: request.pool })
            .await
    }

    /// Saves a view. One that everybody sees needs the right to change the practice's vocabulary.
    pub(crate) async fn save_view(&self, request: SaveView) -> Result<SavedId> {
        if !request.only_for_me {
            self.require(Right::EditVocabulary)?;
        }
        let me = self.me()?.id;
        let id = request
            .id
            .unwrap_or_else(|| ViewId::new(self.desk.options.clock.now()));
        let view = View {
            id,
            name: required(&request.name, "view's name")?,
            query: request.query,
            only_for: request.only_for_me.then_some(me),
        };
        self.commit(Change::ViewSaved { view }).await?;
        Ok(SavedId { id: id.to_string() })
    }

    /// Puts a view away.
    pub(crate) async fn remove_view(&self, request: OfView) -> Result<Done> {
        self.commit_one(Change::ViewRemoved { view: request.view })
            .await
    }

    /// Makes a canned response, or changes one.
    pub(crate) async fn save_canned(&self, request: SaveCanned) -> Result<SavedId> {
        let id = request
            .id
            .unwrap_or_else(|| CannedId::new(self.desk.options.clock.now()));
        let canned = Canned {
            id,
            shortcut: required(&request.shortcut, "shortcut")?,
            title: required(&request.title, "title")?,
            text: required(&request.text, "text")?,
        };
        self.commit(Change::CannedSaved {
            canned: id,
            shortcut: canned.shortcut,
            title: canned.title,
            text: canned.text,
        })
        .await?;
        Ok(SavedId { id: id.to_string() })
    }

    /// Puts a canned response away.
    pub(crate) async fn remove_canned(&self, request: OfCanned) -> Result<Done> {
        self.commit_one(Change::CannedRemoved {
            canned: request.canned,
        })
        .await
    }

    /// Adds a staff member, or changes one.
    pub(crate) async fn save_staff(&self, request: SaveStaff) -> Result<SavedId> {
        let id = request
            .id
            .unwrap_or_else(|| StaffId::new(self.desk.options.clock.now()));
        let staff = StaffMember {
            id,
            name: required(&request.name, "name")?,
            role: request.role,
            active: request.active,
        };
        self.commit(Change::StaffSaved { staff }).await?;
        self.practice()?.refresh()?;
        Ok(SavedId { id: id.to_string() })
    }

    /// Changes a setting, for oneself or for the practice.
    pub(crate) async fn save_setting(&self, request: SaveSetting) -> Result<Done> {
        let staff = if request.mine {
            Some(self.me()?.id)
        } else {
            self.require(Right::EditVocabulary)?;
            None
        };
        self.commit_one(Change::SettingSaved {
            staff,
            key: request.key,
            value: request.value,
        })
        .await
    }
}
