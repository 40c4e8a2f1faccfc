//! The command line as a whole: its forms, and that each command helps.

use clap::{Command, CommandFactory, Parser};

use super::{ClientCommand, Remote};

#[derive(Debug, Parser)]
#[command(name = "samflyt")]
struct Cli {
    #[command(flatten)]
    remote: Remote,
    #[command(subcommand)]
    command: ClientCommand,
}

/// Every command and subcommand, with its full name.
fn commands(command: &Command, name: &str) -> Vec<(String, Command)> {
    let mut found = Vec::new();
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
        let name = format!("{name} {}", inner.get_name());
        found.extend(commands(inner, &name));
        found.push((name, inner.clone()));
    }
    found
}

#[test]
fn every_command_says_what_it_does_and_gives_an_example() {
    let mut cli = Cli::command();
    cli.build();
    let all = commands(&cli, "samflyt");
    assert!(all.len() > 30, "{}", all.len());
    for (name, command) in all {
        assert!(command.get_about().is_some(), "{name} has no about");
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        assert!(help.contains("Example"), "{name} has no example");
        assert!(
            help.contains(&name) || command.has_subcommands(),
            "the example of {name} is of another command"
        );
        let prints_json = command.get_arguments().any(|argument| argument.get_id() == "json");
        assert!(prints_json, "{name} has no --json");
    }
}

#[test]
fn every_argument_says_what_it_is() {
    let mut cli = Cli::command();
    cli.build();
    for (name, command) in commands(&cli, "samflyt") {
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some(), "{name}: {} has no help", argument.get_id());
        }
    }
}

#[test]
fn no_secret_of_the_environment_is_shown_by_help() {
    let mut cli = Cli::command();
    cli.build();
    let token = cli.get_arguments().find(|argument| argument.get_id() == "token").unwrap();
    assert!(token.is_hide_env_values_set());
    let parsed = Cli::try_parse_from(["samflyt", "--token", "SECRET", "status"]).unwrap();
    assert!(!format!("{parsed:?}").contains("SECRET"));
}

#[test]
fn the_forms_that_scripts_use_are_understood() {
    for line in [
        "registry tenant register seljord --number 4022 --organisation 964963282 --name Seljord",
        "registry tenant split a --into b --into c --from 2026-01-01 --reason x",
        "registry system register seljord-oppvekst --host seljord --product kindergarten --name Oppvekst",
        "registry contract publish FILE --reason x",
        "registry contract get case.opened 1.0 --json",
        "registry grant give --client fagsystem-1 --organisation 999999999 --tenant seljord --system seljord-oppvekst \
         --scope samflyt:publish --scope samflyt:query",
        "registry contract retire case.opened 1.0 --yes --reason x",
        "registry new usage FILE",
        "registry put system - --expected-revision 12 --reason x",
        "registry get agreement a --tenant seljord --as-of 2026-01-31 --json",
        "registry list product",
        "registry history change c --tenant seljord",
        "registry remove dataset d --tenant seljord",
        "registry product adopt ephorte --tenant vinje --system vinje-e --name E",
        "registry agreement approve a --tenant seljord --by Office --on 2026-01-01",
        "registry agreement end a --tenant seljord",
        "registry change analyse c --tenant seljord --lines 10",
        "registry change decide c --tenant seljord --body Forum --approve --bound seljord --bound vinje",
        "registry change measure c --tenant seljord --gain 1 --amount -5",
        "registry import process p.csv --tenant seljord --dry-run",
        "registry export seljord DIR",
        "registry import-tenant DIR --reason x",
        "registry --json grant withdraw g --reason x",
        "token --organisation 999999999 --client fagsystem-1 --scope samflyt:publish --scope samflyt:query",
        "push - --backfill --validate-only --endpoint http://127.0.0.1:1",
        "push events.jsonl --resume --refused r.jsonl --retry-minutes 0",
        "lineage trace seljord seljord-gat/e/1",
        "lineage graph --type no.samflyt.case.opened --direction up --depth 2 --format dot",
        "lineage flows --tenant seljord --watch --json",
        "archive put vedtak.pdf --tenant seljord --json",
        "archive verify --tenant seljord --not-since 2026-01-01T00:00:00Z",
        "archive work forfall --within-days 7 --enhet Oppvekst --tenant seljord --json",
        "archive journalfoer 2026/17-3 --by Anne --tenant seljord",
        "archive vurder 2026/17-3 --tilgangsrestriksjon UO --hjemmel Offl.§13 --by Anne --tenant seljord",
        "archive utgaar 2026/17-3 --reason x --by Anne --tenant seljord",
        "archive kasser --mappe 2020/1 --mappe 2020/2 --decision x --by Anne --tenant seljord",
        "archive kasser --dry-run --decision x --by Anne --tenant seljord",
        "archive journal --from 2026-05-01 --to 2026-05-31 --search plass --tenant seljord",
        "projection rebuild --json",
        "doctor --nats-url nats://127.0.0.1:4222 --data-dir /tmp",
    ] {
        let words = std::iter::once("samflyt").chain(line.split_whitespace());
        Cli::try_parse_from(words).unwrap_or_else(|error| panic!("{line}: {error}"));
    }
    // What is removed for good is named, and a shield has its law.
    for line in [
        "archive kasser --decision x --by Anne --tenant seljord",
        "archive vurder 2026/17-3 --tilgangsrestriksjon UO --by Anne --tenant seljord",
    ] {
        let words = std::iter::once("samflyt").chain(line.split_whitespace());
        assert!(Cli::try_parse_from(words).is_err(), "{line}");
    }
    let spaced =
        ["samflyt", "token", "--organisation", "999999999", "--scope", "samflyt:publish samflyt:query"];
    Cli::try_parse_from(spaced).unwrap();
}

#[test]
fn wrong_usage_is_told_before_any_hub_is_asked() {
    for line in [
        "token --organisation 12 --scope samflyt:publish",
        "token --organisation 999999999 --scope samflyt:everything",
        "token --organisation 999999999",
        "lineage trace seljord no-event",
        "lineage flows --from yesterday",
        "archive get 1234 --tenant seljord",
        "lineage graph",
        "lineage graph --system a --type b.c",
        "push events.jsonl --resume --from-start",
        "registry contract new NotAType",
        "registry new tenant",
        "registry change decide c --tenant seljord --body Forum",
        "registry change decide c --tenant seljord --body Forum --approve --reject",
    ] {
        let words = std::iter::once("samflyt").chain(line.split_whitespace());
        assert_eq!(Cli::try_parse_from(words).unwrap_err().exit_code(), 2, "{line}");
    }
}
