//! The part of an AppImage that runs first.
//!
//! An AppImage (type 2) is a program with a SquashFS image appended; the program makes the image's
//! files reachable and starts `AppRun` in it. The usual runtime mounts the image through FUSE, which
//! clinics' computers often lack and which cannot be built from what the package registries hold. This one
//! unpacks the image once into the user's cache and starts it from there; a second start finds it ready.
//!
//! It knows `--appimage-offset` and `--appimage-extract` of the AppImage specification.

use std::error::Error;
use std::ffi::OsString;
use std::fs::{self, File, Permissions};
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, ExitCode};

use backhand::{FilesystemReader, InnerNode};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Anteroom could not be started: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let image = fs::read_link("/proc/self/exe")?;
    let offset = end_of_program(&image)?;
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    match arguments.first().and_then(|first| first.to_str()) {
        Some("--appimage-offset") => {
            println!("{offset}");
            Ok(())
        }
        Some("--appimage-extract") => unpack(&image, offset, Path::new("squashfs-root")),
        _ => {
            let folder = unpacked(&image, offset)?;
            // Returns only when it fails.
            Err(Command::new(folder.join("AppRun"))
                .args(arguments)
                .env("APPIMAGE", &image)
                .env("APPDIR", &folder)
                .env("OWD", std::env::current_dir().unwrap_or_default())
                .exec()
                .into())
        }
    }
}

/// Where the appended image begins: where the ELF file's section headers end.
fn end_of_program(image: &Path) -> Result<u64, Box<dyn Error>> {
    let mut header = [0; 64];
    File::open(image)?.read_exact(&mut header)?;
    elf_size(&header).ok_or_else(|| "this is not an AppImage for this kind of computer".into())
}

/// The size of a 64-bit little-endian ELF file by its header: offset of the section headers, plus
/// their number times their size.
fn elf_size(header: &[u8; 64]) -> Option<u64> {
    if header.get(..6)? != b"\x7fELF\x02\x01" {
        return None;
    }
    let u16_at = |at: usize| Some(u64::from(u16::from_le_bytes(header.get(at..at + 2)?.try_into().ok()?)));
    let sections = u64::from_le_bytes(header.get(40..48)?.try_into().ok()?);
    sections.checked_add(u16_at(58)? * u16_at(60)?)
}

/// The unpacked application in the user's cache, unpacked now if it is not there yet.
fn unpacked(image: &Path, offset: u64) -> Result<PathBuf, Box<dyn Error>> {
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))
        .ok_or("this login has no home folder")?
        .join("anteroom");
    let folder = cache.join(format!("appimage-{}", fingerprint(image, offset)?));
    if folder.is_dir() {
        return Ok(folder);
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&cache)?;
    // Under another name first: what has its final name is complete.
    let being_made = cache.join(format!(".appimage-{}", std::process::id()));
    unpack(image, offset, &being_made)?;
    if fs::rename(&being_made, &folder).is_err() {
        // Another start was faster.
        fs::remove_dir_all(&being_made)?;
    }
    remove_others(&cache, &folder);
    Ok(folder)
}

/// Names an image by its size and by its SquashFS superblock, which holds time and layout of its making.
fn fingerprint(image: &Path, offset: u64) -> io::Result<String> {
    let mut file = File::open(image)?;
    let size = file.metadata()?.len();
    file.seek(SeekFrom::Start(offset))?;
    let mut superblock = [0; 96];
    file.read_exact(&mut superblock)?;
    // FNV-1a: this names a folder and guards nothing.
    let hash = superblock.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    Ok(format!("{size:x}-{hash:016x}"))
}

/// Earlier versions are not needed any more. Best effort: one may be running.
fn remove_others(cache: &Path, kept: &Path) {
    let Ok(entries) = fs::read_dir(cache) else { return };
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        let ours = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("appimage-"));
        if ours && path != kept {
            let _ = fs::remove_dir_all(path);
        }
    }
}

fn unpack(image: &Path, offset: u64, folder: &Path) -> Result<(), Box<dyn Error>> {
    let reader = BufReader::new(File::open(image)?);
    let system = FilesystemReader::from_reader_with_offset(reader, offset)?;
    fs::create_dir_all(folder)?;
    for node in system.files() {
        let target = folder.join(inside(&node.fullpath)?);
        match &node.inner {
            InnerNode::Dir(_) => fs::create_dir_all(&target)?,
            InnerNode::File(file) => {
                let mut written = File::create(&target)?;
                io::copy(&mut system.file(file).reader(), &mut written)?;
                let mode = u32::from(node.header.permissions) & 0o777;
                written.set_permissions(Permissions::from_mode(mode))?;
            }
            InnerNode::Symlink(link) => symlink(inside_link(&link.link)?, &target)?,
            _ => return Err("the image holds something that is no file".into()),
        }
    }
    Ok(())
}

/// A path of the image, relative to its root and not leaving it.
fn inside(path: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let relative = path.strip_prefix("/").unwrap_or(path);
    let stays = relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if stays { Ok(relative.to_owned()) } else { Err("the image has a path that leaves it".into()) }
}

/// A link of the image: relative, so that it means the same wherever the image is unpacked.
fn inside_link(link: &Path) -> Result<PathBuf, Box<dyn Error>> {
    if link.is_relative() { Ok(link.to_owned()) } else { Err("the image has a link that leaves it".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_program_is_read_from_its_header() {
        let mut header = [0; 64];
        assert_eq!(elf_size(&header), None);
        header[..6].copy_from_slice(b"\x7fELF\x02\x01");
        header[40..48].copy_from_slice(&1_000_u64.to_le_bytes());
        header[58..60].copy_from_slice(&64_u16.to_le_bytes());
        header[60..62].copy_from_slice(&3_u16.to_le_bytes());
        assert_eq!(elf_size(&header), Some(1_192));
        header[40..48].copy_from_slice(&u64::MAX.to_le_bytes());
        assert_eq!(elf_size(&header), None);
    }

    #[test]
    fn nothing_is_unpacked_outside() {
        assert_eq!(inside(Path::new("/usr/bin/anteroom")).unwrap(), Path::new("usr/bin/anteroom"));
        assert_eq!(inside(Path::new("/")).unwrap(), Path::new(""));
        assert!(inside(Path::new("/usr/../../etc/passwd")).is_err());
        assert!(inside_link(Path::new("/etc/passwd")).is_err());
        assert!(inside_link(Path::new("libz.so.1")).is_ok());
    }
}
