pub(crate) struct French;
