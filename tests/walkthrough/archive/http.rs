//! Documents over HTTP: whole, in pieces, broken off, damaged.

use reqwest::{Client, Response, StatusCode};
use samflyt_testkit::hub::{SELJORD, TestHub};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{document, file, http_client, hub_of_seljord, sha256};

struct Door {
    url: String,
    token: String,
    client: Client,
}

impl Door {
    fn of(hub: &TestHub) -> Self {
        let url = format!("{}/v1/documents/seljord", hub.http());
        Self { url, token: hub.token(SELJORD), client: http_client() }
    }

    async fn put(&self, name: &str, body: &[u8], range: Option<String>) -> Response {
        let mut request = self.client.put(format!("{}/{name}", self.url)).bearer_auth(&self.token);
        if let Some(range) = range {
            request = request.header("Content-Range", range);
        }
        request.body(body.to_vec()).send().await.unwrap()
    }

    async fn get(&self, name: &str) -> Response {
        self.client.get(format!("{}/{name}", self.url)).bearer_auth(&self.token).send().await.unwrap()
    }

    /// Status, and how far an upload came.
    async fn head(&self, name: &str, size: usize) -> (StatusCode, String) {
        let url = format!("{}/{name}?size={size}", self.url);
        let answer = self.client.head(url).bearer_auth(&self.token).send().await.unwrap();
        (answer.status(), answer.headers()["upload-offset"].to_str().unwrap().to_owned())
    }
}

async fn reason(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    let problem: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    (status, problem["reason"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_put_whole_or_in_pieces_and_fetched() {
    let hub = hub_of_seljord().await;
    let door = Door::of(&hub);
    let document = document(1, 3_000_000);
    let (name, size) = (sha256(&document), document.len());
    assert_eq!(door.head(&name, size).await, (StatusCode::NOT_FOUND, "0".to_owned()));

    let answer = door.put(&name, &document[..1_000_000], Some(format!("bytes 0-999999/{size}"))).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    assert_eq!(answer.headers()["upload-offset"], "1000000");
    assert_eq!(door.head(&name, size).await, (StatusCode::NOT_FOUND, "1000000".to_owned()));
    let ahead = door.put(&name, &document[2_000_000..], Some(format!("bytes 2000000-2999999/{size}"))).await;
    assert_eq!(reason(ahead).await, (409, "OFFSET_WRONG".to_owned()));
    let rest = door.put(&name, &document[1_000_000..], Some(format!("bytes 1000000-2999999/{size}"))).await;
    assert_eq!(rest.status(), StatusCode::CREATED);
    let receipt: Value = serde_json::from_str(&rest.text().await.unwrap()).unwrap();
    assert_eq!(
        (receipt["sha256"].as_str(), receipt["size"].as_u64()),
        (Some(name.as_str()), Some(3_000_000))
    );

    assert_eq!(door.head(&name, size).await, (StatusCode::OK, "3000000".to_owned()));
    let again = door.put(&name, &document, None).await;
    assert_eq!(again.status(), StatusCode::OK);
    let receipt: Value = serde_json::from_str(&again.text().await.unwrap()).unwrap();
    assert_eq!(receipt["already_there"], true);
    let got = door.get(&name).await;
    assert_eq!(got.headers()["content-length"], "3000000");
    assert_eq!(got.bytes().await.unwrap(), document);
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_requests_are_told_what_is_wrong_with_them() {
    let hub = hub_of_seljord().await;
    let door = Door::of(&hub);
    let document = document(2, 1_000);
    let name = sha256(&document);
    let cases = [
        (door.put("abc", &document, None).await, 400, "REQUEST_INVALID"),
        (door.put(&name, &document, Some("bytes 0-9/*".to_owned())).await, 400, "REQUEST_INVALID"),
        (door.put(&name, &document, Some("bytes 0-998/1000".to_owned())).await, 400, "REQUEST_INVALID"),
        (door.put(&name, &document[..9], Some("bytes 0-999/1000".to_owned())).await, 400, "REQUEST_INVALID"),
        (door.put(&name, b"", None).await, 422, "DOCUMENT_EMPTY"),
        (door.put(&sha256(b"other"), &document, None).await, 422, "DIGEST_MISMATCH"),
        (door.get(&name).await, 404, "NOT_FOUND"),
    ];
    for (n, (answer, status, expected)) in cases.into_iter().enumerate() {
        assert_eq!(reason(answer).await, (status, expected.to_owned()), "case {n}");
    }
    let anonymous = door.client.get(format!("{}/{name}", door.url)).send().await.unwrap();
    assert_eq!(reason(anonymous).await, (401, "TOKEN_MISSING".to_owned()));
    let elsewhere = door.url.replace("seljord", "vinje");
    let elsewhere =
        door.client.get(format!("{elsewhere}/{name}")).bearer_auth(&door.token).send().await.unwrap();
    assert_eq!(reason(elsewhere).await, (403, "NOT_GRANTED".to_owned()));
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_before_sending_what_is_there_already_is_answered_without_sending_it() {
    let hub = hub_of_seljord().await;
    let door = Door::of(&hub);
    let document = document(6, 20_000_000);
    let name = sha256(&document);
    assert_eq!(door.put(&name, &document, None).await.status(), StatusCode::CREATED);
    let head = format!(
        "PUT /v1/documents/seljord/{name} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
         Content-Length: 20000000\r\nExpect: 100-continue\r\n\r\n",
        door.token
    );
    let mut socket = tokio::net::TcpStream::connect(hub.local.hub.http).await.unwrap();
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut first = [0; 15];
    socket.read_exact(&mut first).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&first), "HTTP/1.1 200 OK");
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_off_is_kept_and_gone_on_with() {
    let hub = hub_of_seljord().await;
    let door = Door::of(&hub);
    let document = document(3, 500_000);
    let (name, size) = (sha256(&document), document.len());
    let mut socket = tokio::net::TcpStream::connect(hub.local.hub.http).await.unwrap();
    let head = format!(
        "PUT /v1/documents/seljord/{name} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: {size}\r\n\r\n",
        door.token
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(&document[..200_000]).await.unwrap();
    while door.head(&name, size).await.1 != "200000" {
        tokio::task::yield_now().await;
    }
    drop(socket);
    let rest = door.put(&name, &document[200_000..], Some(format!("bytes 200000-499999/{size}"))).await;
    assert_eq!(rest.status(), StatusCode::CREATED);
    assert_eq!(door.get(&name).await.bytes().await.unwrap(), document);
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_document_never_arrives_whole() {
    let hub = hub_of_seljord().await;
    let door = Door::of(&hub);
    for (number, size) in [(4, 1_000), (5, 3_000_000)] {
        let document = document(number, size);
        let name = sha256(&document);
        door.put(&name, &document, None).await;
        let path = file(hub.path(), &name);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[0] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        let request = format!(
            "GET /v1/documents/seljord/{name} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\r\n",
            door.token
        );
        let mut socket = tokio::net::TcpStream::connect(hub.local.hub.http).await.unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // A connection that is reset is as good as one that ends early.
        let _ = socket.read_to_end(&mut answer).await;
        let refused = answer.starts_with(b"HTTP/1.1 500");
        assert!(refused || answer.len() < size, "{} bytes of {size}", answer.len());
        assert_eq!(refused, size == 1_000, "one that fits into a piece is refused in words");
        assert_eq!(reason(door.get(&name).await).await, (500, "DOCUMENT_DAMAGED".to_owned()));
    }
    hub.end().await;
}
