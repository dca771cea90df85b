//! A position in the bytes of a command, literals included, and the small words of the grammar.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{Bad, Set};
use crate::mail::mailbox::canonical_flag;

pub(super) type Parsed<T> = Result<T, Bad>;

/// A position in the bytes of a command.
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn space_text(&mut self) -> Parsed<String> {
        self.space()?;
        Ok(text(self.astring()?))
    }

    pub(super) fn space_date(&mut self) -> Parsed<NaiveDate> {
        let date = self.space_text()?;
        NaiveDate::parse_from_str(&date, "%d-%b-%Y").map_err(|_| Bad("date expected"))
    }

    pub(super) fn space_mailbox(&mut self) -> Parsed<String> {
        self.space_text()
    }

    pub(super) fn set(&mut self) -> Parsed<Set> {
        let mut ranges = Vec::new();
        loop {
            let from = self.set_number()?;
            let to = if self.eat(b':') {
                self.set_number()?
            } else {
                from
            };
            ranges.push((from, to));
            if !self.eat(b',') {
                return Ok(Set(ranges));
            }
        }
    }

    pub(super) fn set_number(&mut self) -> Parsed<Option<u32>> {
        if self.eat(b'*') {
            return Ok(None);
        }
        match self.number()? {
            0 => Err(Bad("numbers start at 1")),
            number => Ok(Some(number)),
        }
    }

    pub(super) fn flags(&mut self) -> Parsed<BTreeSet<String>> {
        Ok(self.list(Self::flag)?.into_iter().collect())
    }

    pub(super) fn flag(&mut self) -> Parsed<String> {
        let backslash = if self.eat(b'\\') { "\\" } else { "" };
        let name = self.take_while(|byte| is_atom(*byte));
        if name.is_empty() {
            return Err(Bad("flag expected"));
        }
        Ok(canonical_flag(&format!(
            "{backslash}{}",
            String::from_utf8_lossy(name)
        )))
    }

    /// `(a b c)`, possibly empty.
    pub(super) fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        self.expect(b'(')?;
        let mut items = Vec::new();
        if self.eat(b')') {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            if self.eat(b')') {
                return Ok(items);
            }
            self.space()?;
        }
    }

    pub(super) fn nil_or_string(&mut self) -> Parsed<Option<Vec<u8>>> {
        match self.peek() {
            Some(b'"' | b'{') => Ok(Some(self.string()?)),
            _ if self.word() == "NIL" => Ok(None),
            _ => Err(Bad("string or NIL expected")),
        }
    }

    pub(super) fn astring(&mut self) -> Parsed<Vec<u8>> {
        match self.peek() {
            Some(b'"' | b'{') => self.string(),
            _ => Ok(self.atom()?.to_vec()),
        }
    }

    pub(super) fn list_mailbox(&mut self) -> Parsed<Vec<u8>> {
        match self.peek() {
            Some(b'"' | b'{') => self.string(),
            _ => Ok(self
                .take_while(|byte| is_atom(*byte) || matches!(byte, b'%' | b'*' | b']'))
                .to_vec()),
        }
    }

    pub(super) fn string(&mut self) -> Parsed<Vec<u8>> {
        if self.peek() == Some(b'{') {
            return self.literal();
        }
        self.expect(b'"')?;
        let mut found = Vec::new();
        loop {
            match self.bump() {
                Some(b'"') => return Ok(found),
                Some(b'\\') => found.push(self.bump().ok_or(Bad("string without end"))?),
                Some(b'\r' | b'\n') | None => return Err(Bad("string without end")),
                Some(byte) => found.push(byte),
            }
        }
    }

    pub(super) fn literal(&mut self) -> Parsed<Vec<u8>> {
        self.expect(b'{')?;
        let length: usize = self.number()?;
        self.eat(b'+');
        self.expect(b'}')?;
        self.expect(b'\r')?;
        self.expect(b'\n')?;
        let (found, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(Bad("literal too short"))?;
        self.rest = rest;
        Ok(found.to_vec())
    }

    pub(super) fn atom(&mut self) -> Parsed<&'a [u8]> {
        let atom = self.take_while(|byte| is_atom(*byte) || *byte == b']');
        if atom.is_empty() {
            Err(Bad("atom expected"))
        } else {
            Ok(atom)
        }
    }

    /// An atom in upper case; empty when there is none.
    pub(super) fn word(&mut self) -> String {
        String::from_utf8_lossy(self.take_while(|byte| is_atom(*byte))).to_ascii_uppercase()
    }

    pub(super) fn number<T: std::str::FromStr>(&mut self) -> Parsed<T> {
        let digits = self.take_while(u8::is_ascii_digit);
        std::str::from_utf8(digits)
            .ok()
            .and_then(|digits| digits.parse().ok())
            .ok_or(Bad("number expected"))
    }

    pub(super) fn starts_with(&self, word: &str) -> bool {
        self.rest
            .get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
    }

    pub(super) fn space(&mut self) -> Parsed<()> {
        self.expect(b' ')
    }

    pub(super) fn end(&mut self) -> Parsed<()> {
        if matches!(self.rest, b"" | b"\r\n" | b"\n") {
            Ok(())
        } else {
            Err(Bad("more than the command"))
        }
    }

    pub(super) fn expect(&mut self, byte: u8) -> Parsed<()> {
        if self.eat(byte) {
            Ok(())
        } else {
            Err(Bad("syntax error"))
        }
    }

    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.bump();
        }
        found
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    pub(super) fn bump(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    pub(super) fn take_while(&mut self, keep: impl Fn(&u8) -> bool) -> &'a [u8] {
        let length = self
            .rest
            .iter()
            .position(|byte| !keep(byte))
            .unwrap_or(self.rest.len());
        let (found, rest) = self.rest.split_at(length);
        self.rest = rest;
        found
    }
}

fn is_atom(byte: u8) -> bool {
    !matches!(
        byte,
        0..=0x20 | 0x7f | b'(' | b')' | b'{' | b'%' | b'*' | b'"' | b'\\' | b']'
    )
}

pub(super) fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}
