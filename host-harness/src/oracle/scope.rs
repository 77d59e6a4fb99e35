//! What a system has, where it is less than all: the calls it makes, and the fields it tells.

use super::alphabet::{Area, CallId};
use super::system::{Snapshot, TaskView};

macro_rules! fields {
    ($($field:ident)*) => {
        /// The names of the fields that a system may leave out: those of [`TaskView`].
        pub const FIELDS: &[&str] = &[$(stringify!($field),)*];

        fn forget(task: &mut TaskView, field: &str) {
            match field {
                $(stringify!($field) => task.$field = Default::default(),)*
                _ => {}
            }
        }
    };
}

fields! { state tgid ppid pgid sid threads exit_signal pending shared_pending blocked ignored caught handlers descriptors pages }

/// What a system has. Programs are made of its calls, and of what can be seen only its fields are compared; that a
/// task is there, always is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scope {
    /// The fields that it does not tell.
    untold: Vec<&'static str>,
    /// The calls that it has; none means all.
    calls: Option<Vec<CallId>>,
}

impl Scope {
    /// Every call, and every field.
    pub const ALL: Scope = Scope {
        untold: Vec::new(),
        calls: None,
    };

    /// Every field, and the calls of all areas but these.
    #[must_use]
    pub fn without(areas: &[Area]) -> Scope {
        Scope {
            calls: Some(
                CallId::all()
                    .filter(|call| !areas.contains(&call.row().area))
                    .collect(),
            ),
            ..Scope::ALL
        }
    }

    /// These fields, and these calls; all where there is no list.
    ///
    /// # Errors
    /// A name in the lists that no field and no call has.
    pub fn of(fields: Option<&[String]>, calls: Option<&[String]>) -> Result<Scope, String> {
        let mut scope = Scope::ALL;
        if let Some(fields) = fields {
            if let Some(unknown) = fields.iter().find(|field| !FIELDS.contains(&field.as_str())) {
                return Err(format!("there is no field {unknown}"));
            }
            let told = |field: &&str| fields.iter().any(|told| told == *field);
            scope.untold = FIELDS.iter().copied().filter(|field| !told(field)).collect();
        }
        if let Some(names) = calls {
            let call = |name: &String| CallId::named(name).ok_or_else(|| format!("there is no call {name}"));
            scope.calls = Some(names.iter().map(call).collect::<Result<_, _>>()?);
        }
        Ok(scope)
    }

    /// Whether the system has the call.
    #[must_use]
    pub fn has(&self, call: CallId) -> bool {
        self.calls.as_ref().is_none_or(|calls| calls.contains(&call))
    }

    /// Whether the system tells a field.
    #[must_use]
    pub fn tells(&self, field: &str) -> bool {
        !self.untold.contains(&field)
    }

    /// The fields that the system tells.
    pub fn fields(&self) -> impl Iterator<Item = &'static str> + '_ {
        FIELDS.iter().copied().filter(|field| self.tells(field))
    }

    /// What is left of a snapshot without the fields that the system does not tell.
    #[must_use]
    pub fn mask(&self, mut seen: Snapshot) -> Snapshot {
        for task in seen.tasks.values_mut() {
            for field in &self.untold {
                forget(task, field);
            }
        }
        seen
    }
}
