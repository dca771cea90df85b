//! Where a page of a list ends, as an opaque text for the caller to hand back.

/// Puts the numbers of the last row into a cursor.
pub(crate) fn cursor(parts: &[i64]) -> String {
    parts
        .iter()
        .map(i64::to_string)
        .collect::<Vec<_>>()
        .join(".")
}

/// The numbers inside; a cursor that is not ours is as good as none.
pub(crate) fn parts<const N: usize>(cursor: Option<&str>) -> Option<[i64; N]> {
    let parts: Vec<i64> = cursor?
        .split('.')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    parts.try_into().ok()
}
