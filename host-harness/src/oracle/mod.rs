//! The truth machine: the model, the running kernel and anyone's kernel, asked the same and compared.

pub mod system;
