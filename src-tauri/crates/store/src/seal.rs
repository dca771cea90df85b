//! Sealing streams: XChaCha20-Poly1305 in STREAM, chunks of 64 KiB, each authenticated with its place
//! and whether it is the last, so that a flipped, missing, doubled or moved chunk is found.

use std::io::{Read, Write};

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::KeyInit;
use chacha20poly1305::aead::stream::{DecryptorBE32, EncryptorBE32};

use crate::StoreError;

/// Plain bytes per chunk.
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;

/// A key seals one stream only, so the nonce needs no randomness.
const NONCE: [u8; 19] = [0; 19];

/// Seals what is written to it. [`Sealer::finish`] writes the last chunk.
pub(crate) struct Sealer<W: Write> {
    out: W,
    encryptor: EncryptorBE32<XChaCha20Poly1305>,
    waiting: Vec<u8>,
}

impl<W: Write> Sealer<W> {
    pub(crate) fn new(key: &[u8; 32], out: W) -> Self {
        Self {
            out,
            encryptor: EncryptorBE32::from_aead(
                XChaCha20Poly1305::new(key.into()),
                (&NONCE).into(),
            ),
            waiting: Vec::with_capacity(CHUNK),
        }
    }

    pub(crate) fn write(&mut self, mut bytes: &[u8]) -> Result<(), StoreError> {
        while !bytes.is_empty() {
            // A full chunk leaves only when more follows: the last one is sealed differently.
            if self.waiting.len() == CHUNK {
                let sealed = self
                    .encryptor
                    .encrypt_next(self.waiting.as_slice())
                    .map_err(|_| StoreError::Seal)?;
                self.out.write_all(&sealed)?;
                self.waiting.clear();
            }
            let room = CHUNK - self.waiting.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.waiting.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<W, StoreError> {
        let sealed = self
            .encryptor
            .encrypt_last(self.waiting.as_slice())
            .map_err(|_| StoreError::Seal)?;
        self.out.write_all(&sealed)?;
        Ok(self.out)
    }
}

/// Opens what a [`Sealer`] wrote.
pub(crate) struct Opener<R: Read> {
    input: R,
    decryptor: Option<DecryptorBE32<XChaCha20Poly1305>>,
    sealed: Vec<u8>,
    plain: Vec<u8>,
    read: usize,
}

impl<R: Read> Opener<R> {
    pub(crate) fn new(key: &[u8; 32], input: R) -> Self {
        Self {
            input,
            decryptor: Some(DecryptorBE32::from_aead(
                XChaCha20Poly1305::new(key.into()),
                (&NONCE).into(),
            )),
            sealed: Vec::new(),
            plain: Vec::new(),
            read: 0,
        }
    }

    /// Fills `out`, or fails when the stream ends or does not verify.
    pub(crate) fn read_exact(&mut self, out: &mut [u8]) -> Result<(), StoreError> {
        let mut done = 0;
        while done < out.len() {
            if self.read == self.plain.len() && !self.next()? {
                return Err(StoreError::Seal);
            }
            let ready = self.plain.get(self.read..).unwrap_or_default();
            let rest = out.get_mut(done..).unwrap_or_default();
            let count = ready.len().min(rest.len());
            for (to, from) in rest.iter_mut().zip(ready) {
                *to = *from;
            }
            self.read += count;
            done += count;
        }
        Ok(())
    }

    /// Whether the stream ends here, as sealed.
    pub(crate) fn at_end(&mut self) -> Result<bool, StoreError> {
        Ok(self.read == self.plain.len() && !self.next()?)
    }

    /// Everything that is left.
    pub(crate) fn read_all(mut self) -> Result<Vec<u8>, StoreError> {
        let mut all = Vec::new();
        while !self.at_end()? {
            all.extend_from_slice(self.plain.get(self.read..).unwrap_or_default());
            self.read = self.plain.len();
        }
        Ok(all)
    }

    fn next(&mut self) -> Result<bool, StoreError> {
        let Some(mut decryptor) = self.decryptor.take() else {
            return Ok(false);
        };
        // One byte more than a chunk tells whether this is the last.
        let want = CHUNK + TAG + 1 - self.sealed.len();
        (&mut self.input)
            .take(want as u64)
            .read_to_end(&mut self.sealed)?;
        self.read = 0;
        if self.sealed.len() > CHUNK + TAG {
            let rest = self.sealed.split_off(CHUNK + TAG);
            self.plain = decryptor
                .decrypt_next(self.sealed.as_slice())
                .map_err(|_| StoreError::Seal)?;
            self.sealed = rest;
            self.decryptor = Some(decryptor);
        } else {
            self.plain = decryptor
                .decrypt_last(self.sealed.as_slice())
                .map_err(|_| StoreError::Seal)?;
            self.sealed.clear();
        }
        Ok(true)
    }
}
