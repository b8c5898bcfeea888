//! What the product does. Each app is a folder with its use cases and its jobs; the jobs of all apps are on one list.

pub mod library;
pub mod platform;
pub mod reel;
pub mod upkeep;
