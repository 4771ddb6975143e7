//! Where git directory, work tree and configuration lie apart in ways that are easy to get wrong.

use crate::probe::{Ask, READERS, ask, expected};
use crate::support::TestRepo;

/// `a` committed, staged anew, and changed on disk after that.
fn changed() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("a", "one\n").write("d/b", "two\n").commit("first");
    restage(&repo);
    repo
}

fn restage(repo: &TestRepo) {
    repo.write("a", "staged\n").git(&["add", "a"]);
    repo.write("a", "on disk\n");
}

/// The staged bytes, with and without git's variables, by name and without names.
fn judges_what_is_staged(repo: &TestRepo) {
    for asked in [ask(), ask().names(&["a"])] {
        asked.each(repo, &READERS, |seen| {
            assert_eq!((seen.root.as_path(), seen.content("a")), (repo.root(), &b"staged\n"[..]));
            assert!(!seen.files[0].is_worktree);
        });
        let (answers, _) = asked.hooked(repo, &["commit", "-m", "x"]);
        for seen in answers {
            assert_eq!((seen.error.as_deref(), seen.root.as_path()), (None, repo.root()));
            assert_eq!((seen.content("a"), seen.files[0].is_worktree), (&b"staged\n"[..], false));
        }
    }
}

#[test]
fn s06_a_linked_worktree_of_a_bare_repository() {
    let repo = changed();
    repo.git(&["clone", "-q", "--bare", ".", "../bare"]);
    let bare = repo.beside("bare");
    bare.git(&["worktree", "add", "-q", "../linked"]);
    let linked = repo.beside("linked");
    restage(&linked);
    judges_what_is_staged(&linked);
    // With a configuration for each work tree, `core.bare` of the main one has to move there.
    bare.git(&["config", "extensions.worktreeConfig", "true"]);
    bare.git(&["config", "--unset", "core.bare"]);
    bare.git(&["config", "--worktree", "core.bare", "true"]);
    judges_what_is_staged(&linked);
}

#[test]
fn s10_a_git_file_alone_says_where_the_work_tree_is() {
    let repo = changed();
    std::fs::rename(repo.path(".git"), repo.outside("apart")).unwrap();
    repo.write(".git", "gitdir: ../apart\n");
    judges_what_is_staged(&repo);
    ask().names(&["b"]).cwd(repo.path("d")).each(&repo, &READERS, |seen| assert_eq!(seen.content("d/b"), b"two\n"));
}

/// git refuses these; so no file may be judged as if git did not know it.
#[test]
fn s15_a_broken_repository_is_not_taken_for_none() {
    let refused = |asked: Ask, repo: &TestRepo| {
        for asked in [asked.clone(), asked.clone().names(&["a"]), asked.view("all")] {
            for reader in READERS {
                let seen = asked.run(repo, reader);
                assert!(seen.error.is_some(), "reader `{reader}` saw {:?}", seen.paths());
            }
        }
    };
    let repo = changed();
    refused(ask().set("GIT_DIR", "nowhere"), &repo);
    refused(ask().set("GIT_WORK_TREE", "nowhere"), &repo);
    refused(ask().set("GIT_DIR", ".git").set("GIT_WORK_TREE", "nowhere"), &repo);
    repo.write("inside/.git", "gitdir: ../nowhere\n").write("inside/a", "on disk\n");
    refused(ask().cwd(repo.path("inside")), &repo);
    let repo = changed();
    repo.remove(".git/HEAD");
    refused(ask(), &repo);
    refused(ask().cwd(repo.path("d")), &repo);
}

/// Tools that set this for all that git starts would else make the plumbing reader list nothing.
#[test]
fn variables_about_pathspecs_hide_no_file() {
    let repo = changed();
    for variable in ["GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"] {
        ask().set(variable, "1").each(&repo, &READERS, |seen| assert_eq!(seen.content("a"), b"staged\n"));
        ask().view("all").set(variable, "1").each(&repo, &READERS, |seen| assert_eq!(seen.listed(), expected(&repo)));
    }
}

/// A filter replaces `clean` by `STAGED` on the way into the index, by attributes that only a configuration file names.
struct Filtered {
    repo: TestRepo,
    settings: String,
}

impl Filtered {
    fn new() -> Self {
        let repo = TestRepo::new();
        std::fs::write(repo.outside("attributes"), "*.py filter=x\n").unwrap();
        let attributes = repo.outside("attributes").display().to_string();
        let settings = format!("[core]\nattributesFile = {attributes}\n[filter \"x\"]\nclean = sed s/filter/STAGED/\n");
        std::fs::write(repo.outside("settings"), &settings).unwrap();
        Self { repo, settings }
    }

    #[track_caller]
    fn is_judged_as_staged(&self, asked: &Ask) {
        self.repo.write("a.py", "filter\n").git(&["add", "a.py"]);
        self.repo.settle();
        assert_eq!(self.repo.line(&["show", ":a.py"]), "STAGED");
        asked.clone().names(&["a.py"]).each(&self.repo, &READERS, |seen| assert_eq!(seen.content("a.py"), b"STAGED\n"));
    }
}

#[test]
fn s13_configuration_files_named_by_variables_turn_the_fast_path_off() {
    for variable in ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"] {
        let mut filtered = Filtered::new();
        let at = filtered.repo.outside("settings");
        filtered.repo.set(variable, at).set("GIT_CONFIG_NOSYSTEM", "0");
        filtered.is_judged_as_staged(&ask());
        // The settings may also lie in a file that the named one includes on a condition.
        let outer = filtered.repo.outside("outer");
        let inner = filtered.repo.outside("settings");
        std::fs::write(&outer, format!("[includeIf \"gitdir:/\"]\npath = {}\n", inner.display())).unwrap();
        filtered.repo.set(variable, outer);
        filtered.is_judged_as_staged(&ask());
    }
}

#[test]
fn s42_settings_that_libgit2_does_not_see_turn_the_fast_path_off() {
    let filtered = Filtered::new();
    filtered.repo.git(&["remote", "add", "origin", "https://example.org/x"]);
    let condition = "includeIf.hasconfig:remote.*.url:https://example.org/**.path";
    filtered.repo.git(&["config", condition, &filtered.repo.outside("settings").display().to_string()]);
    filtered.is_judged_as_staged(&ask());

    let filtered = Filtered::new();
    filtered.repo.git(&["config", "filter.x.clean", "sed s/filter/STAGED/"]);
    filtered.repo.write(".gitattributes", "*.py filter=x\n").commit("attributes");
    let tree = filtered.repo.line(&["rev-parse", "HEAD^{tree}"]);
    filtered.repo.remove(".gitattributes").commit("without");
    filtered.repo.git(&["config", "attr.tree", &tree]);
    filtered.is_judged_as_staged(&ask());
}

/// A git that was built for another prefix has its system files there, not in `/etc`.
#[test]
fn s42_system_files_beside_the_git_on_path_turn_the_fast_path_off() {
    let path = std::env::var("PATH").unwrap();
    for name in ["gitconfig", "gitattributes"] {
        let mut filtered = Filtered::new();
        let prefix = filtered.repo.outside("prefix");
        std::fs::create_dir_all(prefix.join("etc")).unwrap();
        let content = if name == "gitconfig" { filtered.settings.as_str() } else { "*.py filter=x\n" };
        std::fs::write(prefix.join("etc").join(name), content).unwrap();
        // What git itself would read there is given to it by a variable while it adds the file, and not to the probe.
        let settings = filtered.repo.outside("settings");
        filtered.repo.set("GIT_CONFIG_GLOBAL", settings);
        let on_path = format!("{}:{path}", prefix.join("bin").display());
        let asked = ask().set("PATH", on_path).set("GIT_CONFIG_GLOBAL", "");
        filtered.is_judged_as_staged(&asked);
    }
}
