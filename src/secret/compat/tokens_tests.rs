//! Each format of the token plugins, with near misses.

use super::*;

/// The values that the plugin finds; `·` marks where an example is broken so that it does not look live.
fn values(plugin: Id, line: &str) -> Vec<String> {
    let line = line.replace('·', "");
    let mut out = Vec::new();
    find(&line, Set::of(&[plugin]), &mut |_, value| out.push(line[value].to_owned()));
    out
}

#[test]
fn each_format_and_quirk() {
    let a = |n: usize| "a1".repeat(n / 2) + if n % 2 == 1 { "b" } else { "" };
    #[rustfmt::skip]
    let cases: Vec<(Id, String, Vec<String>)> = vec![
        (Id::Artifactory, "x \"AK·CabcdefghiJ\"".into(), vec!["\"AK·CabcdefghiJ\"".into()]),
        (Id::Artifactory, "x-AK·CabcdefghiJ".into(), vec![]),
        (Id::Artifactory, "AP·A12345678".into(), vec!["AP·A12345678".into()]),
        (Id::Artifactory, "x=AP·G12345678".into(), vec![]),
        (Id::Aws, "zAK·IA0123456789ABCDEFzz".into(), vec!["AK·IA0123456789ABCDEF".into()]),
        (Id::Aws, format!("aws_secret_key = \"{}'", a(40)), vec![a(40)]),
        (Id::Aws, format!("aws_secret_key = \"{}\"", a(41)), vec![]),
        (Id::Azure, format!("Account·Key={}", a(90)), vec![format!("Account·Key={}", a(88))]),
        (Id::BasicAuth, "https://us·er:p%a-ss@host https://a:b@c".into(), vec!["p%a-ss".into(), "b".into()]),
        (Id::BasicAuth, "https://user:pa$s@host https://:x@h https://u:@h".into(), vec![]),
        (Id::Cloudant, format!("https://ac-c:{}@ac-c.cloudant.com", "f".repeat(64)), vec!["f".repeat(64)]),
        (Id::Discord, format!("M{}.{}.{}", a(25), a(6), a(27)), vec![format!("M{}.{}.{}", a(25), a(6), a(27))]),
        (Id::Discord, format!("M{}.{}.{}", a(26), a(6), a(27)), vec![]),
        (Id::Discord, format!("M\u{663}{}.{}.{}\u{1d7d8}", a(24), a(6), a(26)), vec![format!("M\u{663}{}.{}.{}\u{1d7d8}", a(24), a(6), a(26))]),
        (Id::Discord, format!("N{0}M{0}.{1}.{2} é{0}.{1}.{2}", a(24), a(6), a(27)), vec![format!("M{}.{}.{}", a(24), a(6), a(27))]),
        (Id::GitHub, format!("gh·p_{}", a(36)), vec!["ghp".into()]),
        (Id::GitHub, format!("gh·p_{}", a(35)), vec![]),
        (Id::GitLab, format!("gl·pat-{}", a(20)), vec!["glpat".into()]),
        (Id::GitLab, format!("gl·pat-{}", a(51)), vec![]),
        (Id::GitLab, format!("gl·pat-{}-x", a(50)), vec!["glpat".into()]),
        (Id::GitLab, format!("gl·pat-{}-gl·dt-{}", a(10), a(20)), vec!["glpat".into()]),
        (Id::GitLab, format!("gl·cbt-ab_{}", a(20)), vec!["ab_".into()]),
        (Id::GitLab, format!("gl·cbt-{}", a(20)), vec![String::new()]),
        (Id::GitLab, format!("GR·1348941{}é", a(20)), vec![]),
        (Id::Jwt, "ey·JhIjoxfQ.ey·JiIjoyfQ.c2ln".into(), vec!["ey·JhIjoxfQ.ey·JiIjoyfQ.".into()]),
        (Id::Jwt, "ey·JhIjoxfQ.ey·JiIjoyfQ".into(), vec!["ey·JhIjoxfQ.ey·JiIjoyfQ".into()]),
        (Id::Jwt, "ey·JhIjoxfQ.notjson".into(), vec![]),
        (Id::Mailchimp, format!("{}-us·12", a(32)), vec![format!("{}-us·12", a(32))]),
        (Id::Npm, "//r.org/:_auth·Token=npm_x # note".into(), vec!["npm_x # note".into()]),
        (Id::Npm, format!("//r.org/:_auth·Token= {}", "a-".repeat(18)), vec!["a-".repeat(18)]),
        (Id::OpenAi, format!("sk-proj-{}T3Blbk·FJ{}", a(20), a(21)), vec![format!("sk-proj-{}T3Blbk·FJ{}", a(20), a(20))]),
        (Id::PrivateKey, "-----BEGIN RSA PRI·VATE KEY-----".into(), vec!["BEGIN RSA PRI·VATE KEY".into()]),
        (Id::PrivateKey, "-----BEGIN ENCRYPTED PRI·VATE KEY-----".into(), vec![]),
        (Id::PublicIp, "8.8.8.8:80 1.2.3.4:123456 10.0.0.1 172.15.0.1 172.16.0.1 01.2.3.4 1.2.3.4.5 256.1.1.1".into(),
            vec!["8.8.8.8:80".into(), "1.2.3.4".into(), "172.15.0.1".into()]),
        (Id::Pypi, format!("pypi-AgEI·cHlwaS5vcmc{}", a(70)), vec![format!("pypi-AgEI·cHlwaS5vcmc{}", a(70))]),
        (Id::SendGrid, format!("SG·.{}.{}", a(22), a(43)), vec![format!("SG·.{}.{}", a(22), a(43))]),
        (Id::Slack, "XO·XB-1-2-Ab".into(), vec!["XO·XB-1-2-Ab".into()]),
        (Id::Slack, "https://hooks.slack.com/serv·ices/T1/B2/x_3".into(), vec!["https://hooks.slack.com/serv·ices/T1/B2/x_3".into()]),
        (Id::SoftLayer, format!("http://api-softlayer-com/soap/v3.1/{}", a(64)), vec![a(64)]),
        (Id::Square, format!("sq0·csp-\\{}", a(42)), vec![format!("sq0·csp-\\{}", a(42))]),
        (Id::Stripe, format!("rk_li·ve_{}", a(24)), vec![format!("rk_li·ve_{}", a(24))]),
        (Id::Telegram, format!("12345678901:{}", a(35)), vec![format!("2345678901:{}", a(35))]),
        (Id::Telegram, format!("1234567:{}", a(35)), vec![]),
        (Id::Twilio, format!("xS·K{}", a(33)), vec![format!("S·K{}", a(32))]),
        (Id::Twilio, format!("S·K{}", a(32).to_uppercase()), vec![]),
    ];
    for (plugin, line, expected) in cases {
        let expected: Vec<String> = expected.iter().map(|value| value.replace('·', "")).collect();
        assert_eq!(values(plugin, &line), expected, "{plugin:?}");
    }
}
