//! Floor 1: the containers. They know nothing of what they hold.

pub mod arena;
pub mod bitmap;
pub mod list;
