//! The two command lines: from text to a typed model.
//!
//! [`text`] reads files as people have them; [`syntax`] understands one line by the grammar in
//! `grammar/`; `tree` keeps the lines of a configuration; `lower` turns a tree into a [`Model`](crate::model::Model).

pub mod command;
pub mod lower;
pub mod syntax;
pub mod text;
pub mod tree;
