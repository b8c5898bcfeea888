pub mod reel;
