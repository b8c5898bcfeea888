pub(crate) struct Spanish;
