//! Tables by the hash that states are numbered with. What is looked up here is asked for at every step, and nobody chooses
//! it to make it collide.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasherDefault;

use kernel_model::kernel::Lanes;

/// A table by key.
pub(crate) type Map<K, V> = HashMap<K, V, BuildHasherDefault<Lanes>>;
/// A set.
pub(crate) type Set<K> = HashSet<K, BuildHasherDefault<Lanes>>;
