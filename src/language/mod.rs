//! The two command lines: from text to a typed model.
//!
//! [`text`] reads files as people have them; [`syntax`] understands one line by the grammar in
//! `grammar/`; `tree` keeps the lines of a configuration; `lower` turns a tree into a
//! [`Model`](crate::model::Model), and `raise` a model into a tree.

pub mod command;
pub mod lower;
pub mod raise;
pub mod syntax;
pub mod text;
pub mod tree;
