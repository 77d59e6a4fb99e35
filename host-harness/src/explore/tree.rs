//! Who forked whom: a tree of processes, as it is written in a key and as a way through the program makes it.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use std::collections::{BTreeSet, HashMap};
use std::fmt;

use kernel_model::abi::ids::Pid;

use super::graph::Birth;

/// A process and its children, in the order of their birth.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tree {
    /// Any name; it tells no process from another.
    pub name: String,
    /// Whom it forked.
    pub children: Vec<Tree>,
}

impl Tree {
    /// Whether the two differ in nothing but names.
    #[must_use]
    pub fn has_shape_of(&self, other: &Tree) -> bool {
        self.children.len() == other.children.len()
            && self
                .children
                .iter()
                .zip(&other.children)
                .all(|(child, other)| child.has_shape_of(other))
    }

    /// How many processes there are.
    #[must_use]
    pub fn size(&self) -> usize {
        1 + self.children.iter().map(Tree::size).sum::<usize>()
    }

    /// The tree of a program's processes, named by pid. Threads are none, but what a thread forks is a child of its
    /// process.
    pub(super) fn of(births: &BTreeSet<Birth>) -> Option<Tree> {
        let mut process_of: HashMap<Pid, Pid> = HashMap::new();
        let mut children: HashMap<Pid, Vec<Pid>> = HashMap::new();
        let mut root = None;
        // By number, and nobody's number is below that of its parent.
        for birth in births {
            let parent = process_of.get(&birth.parent).copied().unwrap_or(birth.parent);
            process_of.insert(birth.child, if birth.thread { parent } else { birth.child });
            if !birth.thread {
                children.entry(parent).or_default().push(birth.child);
                root = root.or(Some(birth.child));
            }
        }
        Some(Tree::below(root?, &children))
    }

    fn below(process: Pid, children: &HashMap<Pid, Vec<Pid>>) -> Tree {
        let own = children.get(&process).into_iter().flatten();
        Tree {
            name: process.0.to_string(),
            children: own.map(|child| Tree::below(*child, children)).collect(),
        }
    }
}

/// The process, and its children in parentheses: `main(a(b) c)`.
impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for (number, child) in self.children.iter().enumerate() {
            f.write_str(if number == 0 { "(" } else { " " })?;
            child.fmt(f)?;
        }
        f.write_str(if self.children.is_empty() { "" } else { ")" })
    }
}

/// A table whose names are processes and whose values are the tables of their children.
struct Family(Vec<Tree>);

impl<'de> Deserialize<'de> for Family {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Family, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Family;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of the children of a process, {} if it has none")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Family, A::Error> {
                let mut family = Vec::new();
                while let Some((name, Family(children))) = map.next_entry()? {
                    family.push(Tree { name, children });
                }
                Ok(Family(family))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tree, D::Error> {
        let Family(mut roots) = Family::deserialize(deserializer)?;
        match (roots.pop(), roots.is_empty()) {
            (Some(root), true) => Ok(root),
            _ => Err(D::Error::custom(
                "a tree begins with one process, as in `tree.main.child = {}`",
            )),
        }
    }
}
