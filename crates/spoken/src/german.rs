pub(crate) struct German;
