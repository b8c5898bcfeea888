//! Small real media.

mod film;
pub(crate) mod length;
pub(crate) mod mp3;
pub(crate) mod opus;
pub(crate) mod picture;
pub(crate) mod sound;
pub(crate) mod video;
