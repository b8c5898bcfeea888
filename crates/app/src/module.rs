//! What an app brings to the process that it is part of.

use std::any::Any;

use sluice_engine::Builder;

/// An app, opened: its handles to engines and its settings.
pub trait Module: Any + Send + Sync {
    /// Its name: that of its folder in every layer.
    fn name(&self) -> &'static str;

    /// Adds its kinds of jobs, each with what it needs to work.
    fn register(&self, engine: Builder) -> Builder;
}
