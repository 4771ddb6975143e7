//! `gatewright-secrets`: see `hooks/secrets/hook.md`.

fn main() -> std::process::ExitCode {
    gatewright::cli::main::<gatewright::hook::secrets::Secrets>()
}
