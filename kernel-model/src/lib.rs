//! An executable model of the Linux task model.
#![no_std]
#![forbid(unsafe_code)]
