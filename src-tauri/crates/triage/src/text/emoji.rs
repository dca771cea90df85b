//! What an emoji says, as a word that rules can use.

/// The word for an emoji, or nothing for a sign without meaning here.
pub(super) fn name(c: char) -> Option<&'static str> {
    Some(match c {
        '🤮' => "vomiting",
        '🤢' => "nauseous",
        '🩸' => "blood",
        '😵' | '💫' => "dizzy",
        '🤒' => "fever",
        '🤕' => "hurt",
        '💔' => "heartbroken",
        '💊' => "pills",
        '🔪' => "knife",
        '🔫' => "gun",
        '🤰' => "pregnant",
        '🚑' => "ambulance",
        '🤧' => "sneezing",
        '😷' => "ill",
        '👶' => "baby",
        '🧠' => "brain",
        '🫁' => "lungs",
        '🫀' => "heart",
        '👁' => "eye",
        '😂' | '🤣' | '😆' | '😅' | '😜' | '🤪' | '💀' | '☠' => "lol",
        '😭' | '😢' | '😞' | '😔' | '😥' => "emojisad",
        '😡' | '🤬' | '😠' | '👎' | '😤' | '🙄' => "emojiangry",
        '😊' | '😀' | '😃' | '😄' | '😁' | '🙂' | '👍' | '❤' | '♥' | '💕' | '💖' | '🥰' | '😍'
        | '👏' | '🌟' | '⭐' | '💯' | '🎉' | '💐' | '🌹' => "emojihappy",
        '🙏' => "please",
        '🆘' => "help",
        _ => return None,
    })
}
