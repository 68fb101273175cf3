//! Pages of others, and tokens of others: refused before there is a WebSocket.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sockeye::Client;

use super::{ROOM, lively};
use crate::person::Pair;
use crate::site::Site;
use crate::tokens::{SECRET, open_with, sign, with_secret};

/// If this fails, a page of another site talks in its visitor's name.
#[tokio::test]
async fn foreign_origin_gets_403_while_others_talk() {
    let site = Site::start_with(lively()).await;
    let mut pair = Pair::meet(&site, ROOM).await;
    let address = site.address;
    let port = address.port();
    for origin in [
        "https://foe.example".to_owned(),
        "null".to_owned(),
        // What is a part of our own, or has it as a part.
        format!("http://{}.foe.example:{port}", address.ip()),
        format!("http://foe.example:{port}"),
        format!("http://{}", address.ip()),
        format!("http://{}:{}", address.ip(), port ^ 1),
    ] {
        let client = Client::new(&format!("ws://{address}{ROOM}")).unwrap();
        let error = client.origin(&origin).unwrap().connect().await;
        let status = error.unwrap_err().response().unwrap().head.status();
        assert_eq!(status, 403, "{origin}");
        pair.talk().await;
    }
    let client = Client::new(&format!("ws://{address}{ROOM}")).unwrap();
    let ours = client.origin(&format!("http://{address}")).unwrap();
    assert!(ours.connect().await.is_ok());
}

/// A token that no key signed.
fn unsigned(header: &Value, claims: &Value) -> String {
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    format!("{header}.{claims}.")
}

/// If this fails, whoever can write JSON is anybody, or one who is not who he says learns nothing
/// of it. `auth` has each of the rules, this one that they are asked before the upgrade.
#[tokio::test]
async fn forged_token_gets_401_while_others_talk() {
    let (mut options, file) = with_secret();
    options.auth.audience = Some("chat".to_owned());
    options.chat.messages_per_second_max = 100_000;
    let site = Site::start_with(options).await;
    drop(file);
    let mut pair = Pair::meet(&site, ROOM).await;
    let hs256 = json!({"alg": "HS256", "typ": "JWT"});
    let good = json!({"sub": "ann", "aud": "chat", "exp": 9_999_999_999_u64});
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        sign(SECRET, &hs256, &claims)
    };
    let header = |header: Value| sign(SECRET, &header, &good);
    for (what, token) in [
        ("alg none", unsigned(&json!({"alg": "none"}), &good)),
        ("alg nOnE", unsigned(&json!({"alg": "nOnE"}), &good)),
        ("no signature", unsigned(&hs256, &good)),
        ("RS256 signed as HS256", header(json!({"alg": "RS256"}))),
        ("HS512", header(json!({"alg": "HS512"}))),
        ("no alg", header(json!({}))),
        ("other kid", header(json!({"alg": "HS256", "kid": "other"}))),
        ("crit", header(json!({"alg": "HS256", "crit": ["x"]}))),
        ("other secret", sign(&[7; 32], &hs256, &good)),
        ("empty secret", sign(&[], &hs256, &good)),
        ("expired", with("exp", json!(1_000_000_000))),
        ("no end", with("exp", Value::Null)),
        ("end in a string", with("exp", json!("9999999999"))),
        ("not yet", with("nbf", json!(9_999_999_998_u64))),
        ("wrong audience", with("aud", json!("mail"))),
        ("other audiences", with("aud", json!(["mail", "chat2"]))),
        ("no audience", with("aud", Value::Null)),
        ("no subject", with("sub", Value::Null)),
        ("control in the name", with("name", json!("a\nb"))),
        ("too long", with("name", json!("x".repeat(9000)))),
        ("no token", "nonsense".to_owned()),
    ] {
        let error = open_with(&site, ROOM, &token).await.unwrap_err();
        let status = error.response().unwrap().head.status();
        assert_eq!(status, 401, "{what}");
        pair.talk().await;
    }
    let token = sign(SECRET, &hs256, &good);
    assert!(open_with(&site, ROOM, &token).await.is_ok());
}
