//! A hub behind a proxy that speaks TLS with a certificate of an authority of its own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Output;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use samflyt::Trust;
use samflyt::client::Client;
use samflyt_testkit::events::event;
use samflyt_testkit::hub::{SELJORD, TestHub};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::answers::publish;
use crate::process::BINARY;

/// A proxy's configuration, with a certificate for `localhost`, and the file of the authority that gave it.
fn certified(dir: &TempDir) -> (ServerConfig, PathBuf) {
    let mut authority = CertificateParams::new([]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["localhost".to_owned()]).unwrap().signed_by(&key, &authority);
    let file = dir.path().join("ca.pem");
    std::fs::write(&file, authority.pem()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.unwrap().der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        );
    (config.unwrap(), file)
}

/// Passes on what comes through TLS; gives its port. Ends with the test.
async fn proxy(mut config: ServerConfig, protocol: &[u8], to: SocketAddr) -> u16 {
    config.alpn_protocols = vec![protocol.to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut client = acceptor.accept(client).await?;
                let mut hub = TcpStream::connect(to).await?;
                tokio::io::copy_bidirectional(&mut client, &mut hub).await
            });
        }
    });
    port
}

async fn samflyt(arguments: &[&str], environment: &[(&str, &str)]) -> (Output, String) {
    let mut command = tokio::process::Command::new(BINARY);
    let output = command.args(arguments).envs(environment.iter().copied()).output().await.unwrap();
    let told =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output, told)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_speaks_tls_and_believes_the_authority_that_it_is_given_and_no_other() {
    let (hub, dir) = (TestHub::start().await, tempfile::tempdir().unwrap());
    hub.register(SELJORD).await;
    let (config, ca) = certified(&dir);
    let port = proxy(config, b"h2", hub.local.hub.grpc).await;
    let endpoint = format!("https://localhost:{port}");
    let token = hub.token(SELJORD);

    let trust = Trust::of_file(&ca).unwrap();
    let client = Client::connect_trusting(&endpoint, &token, &trust).await.unwrap();
    assert_eq!(publish(&client, event(SELJORD, "e", "case-1")).await.unwrap().sequence, 1);

    let other = tempfile::tempdir().unwrap();
    let (_, other) = certified(&other);
    let elsewhere = format!("https://127.0.0.1:{port}");
    for (endpoint, trust, expected) in [
        (&endpoint, Trust::default(), "UnknownIssuer"),
        (&endpoint, Trust::of_file(&other).unwrap(), "BadSignature"),
        (&elsewhere, trust, "not valid for name"),
    ] {
        let error = Client::connect_trusting(endpoint, &token, &trust).await.err().unwrap();
        assert!(format!("{error:#}").contains(expected), "{error:#}");
    }
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_takes_an_authority_by_option_or_variable_and_says_when_it_needs_one() {
    let (hub, dir) = (TestHub::start().await, tempfile::tempdir().unwrap());
    hub.register(SELJORD).await;
    let (config, ca) = certified(&dir);
    let grpc = format!("https://localhost:{}", proxy(config.clone(), b"h2", hub.local.hub.grpc).await);
    let http = format!("https://localhost:{}", proxy(config, b"http/1.1", hub.local.hub.http).await);
    let (ca, token) = (ca.to_str().unwrap(), hub.local.operator_token().unwrap());
    let environment = [
        ("SAMFLYT_ENDPOINT", grpc.as_str()),
        ("SAMFLYT_HTTP_ENDPOINT", http.as_str()),
        ("SAMFLYT_TOKEN", token.as_str()),
        ("SAMFLYT_CA", ca),
    ];
    let with_ca = &environment[..];
    let without_ca = &environment[..3];

    let (output, told) = samflyt(&["status", "--ca", ca], without_ca).await;
    assert!(output.status.success(), "{told}");
    let (output, told) = samflyt(&["status"], with_ca).await;
    assert!(output.status.success(), "{told}");
    let (_, told) = samflyt(&["doctor"], with_ca).await;
    assert!(
        told.contains(&format!("serves gRPC at {grpc}")) && told.contains("agrees with the hub's"),
        "{told}"
    );

    let (output, told) = samflyt(&["status"], without_ca).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(told.contains("is of no authority that is believed here: --ca FILE (SAMFLYT_CA)"), "{told}");
    let elsewhere = grpc.replace("localhost", "127.0.0.1");
    let (_, told) = samflyt(&["status", "--endpoint", &elsewhere], with_ca).await;
    assert!(told.contains(&format!("the certificate of {elsewhere} is not good for it")), "{told}");
    let no_certificate = dir.path().join("no.pem");
    std::fs::write(&no_certificate, "SECRET").unwrap();
    let (_, told) = samflyt(&["status", "--ca", no_certificate.to_str().unwrap()], without_ca).await;
    assert!(told.contains("holds no certificate in PEM form") && !told.contains("SECRET"), "{told}");
    let (_, told) = samflyt(&["status", "--endpoint", "ftp://localhost"], with_ca).await;
    assert!(told.contains("write http://HOST:PORT, or https://HOST:PORT"), "{told}");
    hub.end().await;
}
