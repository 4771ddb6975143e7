//! Any bytes are tokens in order, and every string has a place, a name or none, and a way to the environment.
#![no_main]

use gatewright::python::{Literal, Module, token};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let mut end = 0;
    let module = Module::new(text);
    for token in token::tokens(text) {
        assert!(token.start >= end && token.start <= token.end && token.end <= text.len());
        end = token.end;
        if token.kind == token::Kind::String {
            let (index, found) = module.token_at(token.start).expect("it is there");
            assert_eq!((found.start, found.end), (token.start, token.end));
            let inside = Literal::new(module.text_of(&found)).inside();
            assert!(inside.end <= found.end - found.start);
            let _ = (module.why_fixed(index), module.name_of(index), Literal::new(module.text_of(&found)).value());
        }
    }
    let _ = (module.environ(text.len() / 2), module.environment_names().count(), module.is_whole());
});
