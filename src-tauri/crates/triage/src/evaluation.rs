//! What the trainer and the evaluation must agree on.

/// Whether a row of a public set belongs to the fifth that is never trained on (FNV-1a of its text).
pub fn kept_apart(text: &str) -> bool {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| {
        (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash ^ (hash >> 31)).is_multiple_of(5)
}
