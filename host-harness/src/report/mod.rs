//! What people and programs are shown of a run. All of it is made from the one stream of events.

pub mod acts;
pub mod diagram;
pub mod json;
pub mod notes;
pub mod pages;
pub mod place;
pub mod story;
pub mod svg;
pub mod syscalls;
pub mod tree;
