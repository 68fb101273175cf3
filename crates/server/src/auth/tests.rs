//! Tokens: the examples of RFC 7515 as they are printed there, those that we sign ourselves, and
//! every way to forge one.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::header::{self, HeaderValue};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
};
use serde_json::{Value, json};

use super::*;
use crate::scratch::Scratch;

const SECRET: &[u8] = b"a secret that is long enough for it";
const NOW: u64 = 1_700_000_000;

// RFC 7515 Appendix A.1 to A.3: the keys, what is signed, and the signatures.
const CLAIMS: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9\
    pc19yb290Ijp0cnVlfQ";
const HMAC_KEY: &str =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
const RSA_MODULUS: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4\
    qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-b\
    Sf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT\
    6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
const P256_X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
const P256_Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
/// Header and signature of each.
const SIGNED: [(&str, &str); 3] = [
    (
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9",
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    ),
    (
        "eyJhbGciOiJSUzI1NiJ9",
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2\
         Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQ\
         BMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6Ie\
         YI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
    ),
    (
        "eyJhbGciOiJFUzI1NiJ9",
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    ),
];

fn key_set() -> Keys {
    let set = json!({"keys": [
        {"kty": "OKP", "crv": "Ed25519", "x": "unknown kinds are passed over"},
        {"kty": "oct", "k": HMAC_KEY},
        {"kty": "RSA", "n": RSA_MODULUS, "e": "AQAB", "kid": "rsa", "use": "sig"},
        {"kty": "EC", "crv": "P-256", "x": P256_X, "y": P256_Y, "alg": "ES256"},
    ]});
    Keys::of(keys::key_set(set.to_string().as_bytes()).unwrap())
}

fn auth(options: AuthOptions) -> Auth {
    let keys = Keys::of(vec![keys::secret(SECRET).unwrap()]);
    let keys = RwLock::new(Arc::new(keys));
    Auth { options, keys }
}

fn encode(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

/// A token with this header and these claims, signed with `secret`.
fn sign_with(secret: &[u8], header: &Value, claims: &Value) -> String {
    let [header, claims] = [header, claims].map(Value::to_string);
    signing::sign(secret, header.as_bytes(), claims.as_bytes())
}

fn sign(claims: &Value) -> String {
    sign_with(SECRET, &json!({"alg": "HS256", "typ": "JWT"}), claims)
}

fn good() -> Value {
    json!({"sub": "u1", "exp": NOW + 60})
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = good();
    claims[name] = value;
    claims
}

fn bearer(token: &str) -> HeaderMap {
    let value = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
    HeaderMap::from_iter([(header::AUTHORIZATION, value)])
}

fn identify(auth: &Auth, headers: &HeaderMap) -> Result<Option<Identity>, Denied> {
    auth.identify(headers, UNIX_EPOCH + Duration::from_secs(NOW))
}

fn judge(options: AuthOptions, claims: &Value) -> Result<Option<Identity>, Denied> {
    identify(&auth(options), &bearer(&sign(claims)))
}

/// If this fails, tokens of other programs are refused, or one that was changed is taken.
#[test]
fn examples_of_the_rfc_are_verified_and_a_changed_bit_is_not() {
    for (header, signature) in SIGNED {
        let token = format!("{header}.{CLAIMS}.{signature}");
        let payload = token::verify(&token, &key_set()).unwrap();
        assert_eq!(payload["iss"], "joe");
        // Another payload, of a root that is not one.
        let other = CLAIMS.replacen("eyJpc3MiOiJqb2Ui", "eyJpc3MiOiJqb2Vy", 1);
        let forged = format!("{header}.{other}.{signature}");
        assert_eq!(token::verify(&forged, &key_set()), Err(Denied::Signature));
        let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
        bytes[7] ^= 1;
        let forged = format!("{header}.{CLAIMS}.{}", URL_SAFE_NO_PAD.encode(bytes));
        assert_eq!(token::verify(&forged, &key_set()), Err(Denied::Signature));
    }
}

/// If this fails, whoever has any key of a curve signs tokens for all.
#[test]
fn token_that_we_signed_with_a_curve_is_verified_by_its_key_only() {
    let random = SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap();
    let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
    let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
    let set = json!({"keys": [{"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": "new"}]});
    let keys = Keys::of(keys::key_set(set.to_string().as_bytes()).unwrap());
    let header = json!({"alg": "ES256", "kid": "new"});
    let message = format!("{}.{}", encode(&header), encode(&good()));
    let signed = pair.sign(&random, message.as_bytes()).unwrap();
    let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(signed));
    assert_eq!(token::verify(&token, &keys).unwrap()["sub"], "u1");
    assert_eq!(token::verify(&token, &key_set()), Err(Denied::Key));
}

/// If this fails, a public key is taken for a secret, or a token without a signature for a good
/// one.
#[test]
fn token_may_not_choose_its_algorithm() {
    let claims = encode(&good());
    for algorithm in ["none", "None", "HS512", "RS256", ""] {
        let header = encode(&json!({"alg": algorithm}));
        for signature in ["", "c2lnbmVk"] {
            let token = format!("{header}.{claims}.{signature}");
            let outcome = identify(&auth(AuthOptions::default()), &bearer(&token));
            assert_eq!(outcome, Err(Denied::Algorithm), "{algorithm}");
        }
    }
    // CVE-2015-9235 and its like: the public key, which everybody knows, as a secret.
    let modulus = URL_SAFE_NO_PAD.decode(RSA_MODULUS).unwrap();
    let header = json!({"alg": "HS256", "kid": "rsa"});
    let forged = sign_with(&modulus, &header, &good());
    assert_eq!(token::verify(&forged, &key_set()), Err(Denied::Algorithm));
}

/// If this fails, somebody who changes a token or makes one up is let in.
#[test]
fn forged_and_broken_tokens_are_refused() {
    let good_one = sign(&good());
    let long = with("name", json!("x".repeat(9000)));
    let critical = json!({"alg": "HS256", "crit": ["exp"], "exp": 1});
    let unknown = json!({"alg": "HS256", "kid": "other"});
    for (token, denied) in [
        (
            sign_with(&[7; 32], &json!({"alg": "HS256"}), &good()),
            Denied::Signature,
        ),
        (sign_with(SECRET, &critical, &good()), Denied::Critical),
        (sign_with(SECRET, &unknown, &good()), Denied::Key),
        (sign_with(SECRET, &json!({}), &good()), Denied::Algorithm),
        (sign(&long), Denied::TooLong),
        (sign(&json!([1])), Denied::Malformed),
        (String::new(), Denied::Malformed),
        ("..".to_owned(), Denied::Malformed),
        ("a.b".to_owned(), Denied::Malformed),
        (format!("{good_one}="), Denied::Malformed),
        (format!("{good_one}.x"), Denied::Malformed),
        (format!("{good_one}."), Denied::Malformed),
        (good_one.replace('.', ""), Denied::Malformed),
    ] {
        let outcome = identify(&auth(AuthOptions::default()), &bearer(&token));
        assert_eq!(outcome, Err(denied), "{token}");
        assert_eq!(denied.status(), 401);
        assert!(!denied.challenge().contains(&token) || token.len() < 4);
    }
    // Cut anywhere, it is nobody's.
    for len in 0..good_one.len() {
        let outcome = identify(&auth(AuthOptions::default()), &bearer(&good_one[..len]));
        assert!(outcome.is_err(), "{len}");
    }
}

/// If this fails, somebody is another user, or may do something else, than the token says.
#[test]
fn claims_become_an_identity() {
    let claims = json!({
        "sub": "u1", "name": "Джон", "exp": NOW + 1, "nbf": NOW, "iat": NOW,
        "permissions": {"publish": ["news"], "join": ["*", "room:1"]},
    });
    let identity = judge(AuthOptions::default(), &claims).unwrap().unwrap();
    assert_eq!(
        (&*identity.user, identity.name.as_deref()),
        ("u1", Some("Джон"))
    );
    assert_eq!(identity.expires_at, NOW + 1);
    let expected = BTreeMap::from([
        ("join".to_owned(), vec!["*".to_owned(), "room:1".to_owned()]),
        ("publish".to_owned(), vec!["news".to_owned()]),
    ]);
    assert_eq!(identity.permissions, Some(expected));
}

/// If this fails, a token is good for longer than it says, or not where two clocks differ a little.
#[test]
fn token_is_good_from_nbf_to_exp_with_leeway_on_both_sides() {
    let options = AuthOptions {
        leeway: Duration::from_secs(10),
        ..AuthOptions::default()
    };
    for (claims, outcome) in [
        (with("exp", json!(NOW - 9)), None),
        (with("exp", json!(NOW - 10)), Some(Denied::Expired)),
        (with("exp", json!(0)), Some(Denied::Expired)),
        (with("nbf", json!(NOW + 10)), None),
        (with("nbf", json!(NOW + 11)), Some(Denied::NotYet)),
        (with("exp", json!(1.7e9 + 0.5)), None),
        (with("exp", json!(u64::MAX)), None),
    ] {
        assert_eq!(judge(options.clone(), &claims).err(), outcome, "{claims}");
    }
}

/// If this fails, a token that was made for another program opens this one.
#[test]
fn token_for_or_of_somebody_else_is_refused() {
    let options = AuthOptions {
        audience: Some("us".to_owned()),
        ..AuthOptions::default()
    };
    for (audience, outcome) in [
        (json!("us"), None),
        (json!(["them", "us"]), None),
        (json!("them"), Some(Denied::Audience)),
        (json!(["them"]), Some(Denied::Audience)),
        (json!([]), Some(Denied::Audience)),
        (json!(7), Some(Denied::Audience)),
    ] {
        let claims = with("aud", audience);
        assert_eq!(judge(options.clone(), &claims).err(), outcome, "{claims}");
    }
    assert_eq!(judge(options, &good()), Err(Denied::Audience));
    // Where no audience is configured, a token for one is not for us.
    let outcome = judge(AuthOptions::default(), &with("aud", json!("them")));
    assert_eq!(outcome, Err(Denied::Audience));
    let options = AuthOptions {
        issuer: Some("us".to_owned()),
        ..AuthOptions::default()
    };
    assert!(judge(options.clone(), &with("iss", json!("us"))).is_ok());
    assert_eq!(
        judge(options.clone(), &with("iss", json!("them"))),
        Err(Denied::Issuer)
    );
    assert_eq!(judge(options, &good()), Err(Denied::Issuer));
}

/// If this fails, whoever makes tokens has to guess what is wrong with one.
#[test]
fn claims_that_are_missing_wrong_or_too_much_are_named() {
    let many: Vec<String> = (0..65).map(|number| number.to_string()).collect();
    for (claims, name) in [
        (json!({"sub": "u1"}), "exp"),
        (json!({"exp": NOW + 60}), "sub"),
        (with("exp", json!("soon")), "exp"),
        (with("exp", json!(-1)), "exp"),
        (with("nbf", json!(null)), "nbf"),
        (with("sub", json!(7)), "sub"),
        (with("sub", json!("")), "sub"),
        (with("sub", json!("a\nb")), "sub"),
        (with("name", json!(["a"])), "name"),
        (with("permissions", json!("all")), "permissions"),
        (with("permissions", json!({"join": "*"})), "permissions"),
        (with("permissions", json!({"join": [1]})), "permissions"),
    ] {
        let outcome = judge(AuthOptions::default(), &claims);
        assert_eq!(outcome, Err(Denied::Claim(name)), "{claims}");
    }
    // If their numbers are not said, nobody knows how much is allowed.
    for (claims, bound) in [
        (with("sub", json!("x".repeat(129))), "longer than 128 bytes"),
        (
            with("permissions", json!({"join": many})),
            "more than 64 permissions",
        ),
    ] {
        let denied = judge(AuthOptions::default(), &claims).unwrap_err();
        assert!(denied.to_string().contains(bound), "{denied}");
    }
    assert!(Denied::TooLong.to_string().ends_with("than 8192 bytes"));
}

/// If this fails, browsers or programs cannot show their token, or a page of a sibling domain
/// chooses it.
#[test]
fn token_stands_in_the_header_or_in_one_cookie() {
    let auth = auth(AuthOptions::default());
    let token = sign(&good());
    let cookie = |text: String| {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&text).unwrap())])
    };
    for headers in [
        bearer(&token),
        cookie(format!("a=b; sockeye_token={token}; c=d")),
        cookie(format!("sockeye_token=\"{token}\"")),
    ] {
        assert!(identify(&auth, &headers).unwrap().is_some(), "{headers:?}");
    }
    let twice = cookie(format!("sockeye_token={token}; sockeye_token=x"));
    assert_eq!(identify(&auth, &twice), Err(Denied::Ambiguous));
    let mut basic = cookie(format!("sockeye_token={token}"));
    basic.insert(
        header::AUTHORIZATION,
        HeaderValue::from_static("Basic YTpi"),
    );
    assert!(
        identify(&auth, &basic).unwrap().is_some(),
        "that is a proxy's"
    );
    basic.insert(header::AUTHORIZATION, HeaderValue::from_static("bearer x"));
    assert_eq!(identify(&auth, &basic), Err(Denied::Malformed));
    assert_eq!(
        identify(&auth, &cookie("sockeye_token2=x".to_owned())),
        Ok(None)
    );
}

/// If this fails, visitors without an account are shut out, or let in where they must not be.
#[test]
fn nobody_is_refused_only_where_a_token_is_required() {
    let mut options = AuthOptions::default();
    assert_eq!(
        identify(&auth(options.clone()), &HeaderMap::new()),
        Ok(None)
    );
    options.required = true;
    let outcome = identify(&auth(options), &HeaderMap::new());
    assert_eq!(outcome, Err(Denied::Missing));
    assert_eq!(Denied::Missing.challenge(), "Bearer");
    assert_eq!(Denied::Forbidden.status(), 403);
}

/// What is in a log or a crash report is read by others.
#[test]
fn no_key_shows_in_what_is_printed() {
    let printed = format!("{:?}", auth(AuthOptions::default()));
    assert!(printed.contains("HS256"), "{printed}");
    assert!(!printed.contains("secret that"), "{printed}");
    let set = format!("{:?}", key_set());
    assert!(set.contains("RS256") && !set.contains("Vaw"), "{set}");
}

/// If this fails, tokens are signed with keys that can be guessed, or nobody learns why a key is
/// not taken.
#[test]
fn keys_that_are_not_good_enough_are_refused_in_words() {
    for (set, words) in [
        ("[]", "no list `keys`"),
        (
            "{\n \"keys\": [}",
            "no JSON: expected value at line 2 column 11",
        ),
        (r#"{"keys": []}"#, "none of the keys"),
        (
            r#"{"keys": [{"kty": "oct", "k": "c2hvcnQ"}, {}]}"#,
            "; key 1: `k` is shorter than its algorithm's hash; key 2: there is no `kty`",
        ),
        (
            r#"{"keys": [{"kty": "RSA", "n": "AA", "e": "AQAB", "use": "enc"}]}"#,
            "key 1: `use` is not `sig`",
        ),
        (
            r#"{"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]}"#,
            "key 1: `n` has less than 2048 bits",
        ),
        (
            r#"{"keys": [{"kty": "RSA", "n": "%", "e": "AQAB"}]}"#,
            "key 1: `n` is no base64url",
        ),
        (
            r#"{"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]}"#,
            "key 1: `x` or `y` is not as long as its curve says",
        ),
    ] {
        let error = keys::key_set(set.as_bytes()).unwrap_err();
        assert!(error.contains(words), "{set}: {error}");
    }
    let error = keys::secret(b"short").unwrap_err();
    assert_eq!(error, "a secret of 5 bytes, at least 32 are required");
    let many = vec![json!({"kty": "oct", "k": HMAC_KEY}); 17];
    let error = keys::key_set(json!({"keys": many}).to_string().as_bytes()).unwrap_err();
    assert_eq!(error, "17 keys, at most 16 are allowed");
}

/// If this fails, a new key needs a restart, or a slip in its file locks everybody out.
#[test]
fn keys_are_read_from_files_again_and_stay_where_those_are_wrong() {
    let file = Scratch::of(&[SECRET, b"\n"].concat());
    let path = file.path();
    let mut options = AuthOptions::default();
    assert!(Auth::new(&options).unwrap().is_none());
    options.required = true;
    let error = Auth::new(&options).unwrap_err().first();
    assert!(
        error.to_string().contains("no key"),
        "nobody gets in by mistake: {error}"
    );
    options.secret_file = Some(path.to_owned());
    let auth = Auth::new(&options).unwrap().unwrap();
    let headers = bearer(&sign(&good()));
    assert!(identify(&auth, &headers).is_ok());
    std::fs::write(path, "short").unwrap();
    let error = auth.reload().unwrap_err();
    assert!(
        error.to_string().contains(path.to_str().unwrap()),
        "{error}"
    );
    assert!(identify(&auth, &headers).is_ok(), "the old key stays");
    std::fs::write(path, [7; 32]).unwrap();
    auth.reload().unwrap();
    assert_eq!(identify(&auth, &headers), Err(Denied::Signature));
    std::fs::remove_file(path).unwrap();
    assert!(auth.reload().is_err());
}

/// If this fails, a random secret is another one than its file has, and nobody is let in, or a
/// shorter one is taken.
#[test]
fn secret_is_all_of_its_file_but_one_line_end() {
    let secret = [&[b'k'; 31][..], b" "].concat();
    let token = bearer(&sign_with(&secret, &json!({"alg": "HS256"}), &good()));
    for (end, is_it) in [
        ("", true),
        ("\n", true),
        ("\r\n", true),
        (" \n", false),
        ("\n\n", false),
    ] {
        let file = Scratch::of(&[&secret, end.as_bytes()].concat());
        let options = AuthOptions {
            secret_file: Some(file.path().to_owned()),
            ..AuthOptions::default()
        };
        let auth = Auth::new(&options).unwrap().unwrap();
        assert_eq!(identify(&auth, &token).is_ok(), is_it, "{end:?}");
    }
}

/// If this fails, of two tokens a proxy has judged one and we another, or a client whose token got
/// lost on the way is somebody else than it believes.
#[test]
fn two_headers_or_an_empty_one_are_refused() {
    let auth = auth(AuthOptions::default());
    let token = format!("Bearer {}", sign(&good()));
    let lines = |lines: &[&str]| -> HeaderMap {
        let values = lines
            .iter()
            .map(|line| HeaderValue::from_str(line).unwrap());
        values.map(|value| (header::AUTHORIZATION, value)).collect()
    };
    let judge = |texts: &[&str]| identify(&auth, &lines(texts));
    assert!(judge(&[&token]).unwrap().is_some());
    assert_eq!(judge(&["Basic eA=="]), Ok(None));
    for twice in [
        [&token[..], &token],
        ["Basic eA==", &token],
        [&token, "Basic eA=="],
    ] {
        assert_eq!(judge(&twice), Err(Denied::Ambiguous), "{twice:?}");
    }
    for empty in ["Bearer", "bearer", "Bearer "] {
        assert_eq!(judge(&[empty]), Err(Denied::Malformed), "{empty}");
    }
}

/// If this fails, a token that names a key in a form of its own is good for any key.
#[test]
fn key_id_that_is_no_text_is_refused() {
    let auth = auth(AuthOptions::default());
    for id in [json!(5), json!(null), json!(["a"])] {
        let token = sign_with(SECRET, &json!({"alg": "HS256", "kid": id}), &good());
        assert_eq!(
            identify(&auth, &bearer(&token)),
            Err(Denied::Malformed),
            "{id}"
        );
    }
}

/// If this fails, a longer kin of an algorithm that the docs name is refused, or a key is good for
/// another algorithm than its own, or a secret that is too short for its hash is taken.
#[test]
fn each_key_is_good_for_its_one_algorithm() {
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let (secret, short) = ([7; 64], [7; 47]);
    let hashes = [
        ("HS256", hmac::HMAC_SHA256),
        ("HS384", hmac::HMAC_SHA384),
        ("HS512", hmac::HMAC_SHA512),
    ];
    for (own, _) in hashes {
        let set = json!({"keys": [{"kty": "oct", "k": text(&secret), "alg": own}]});
        let keys = Keys::of(keys::key_set(set.to_string().as_bytes()).unwrap());
        for (name, hash) in hashes {
            let message = format!("{}.{}", encode(&json!({"alg": name})), encode(&good()));
            let signed = hmac::sign(&hmac::Key::new(hash, &secret), message.as_bytes());
            let token = format!("{message}.{}", text(signed.as_ref()));
            let expected = (name != own).then_some(Denied::Algorithm);
            assert_eq!(token::verify(&token, &keys).err(), expected, "{own} {name}");
        }
    }
    for (key, name) in [
        (&short[..], "HS384"),
        (&secret[..63], "HS512"),
        (&secret, "RS256"),
    ] {
        let set = json!({"keys": [{"kty": "oct", "k": text(key), "alg": name}]});
        let error = keys::key_set(set.to_string().as_bytes()).unwrap_err();
        assert!(error.contains("HS384, HS512, RS256"), "{error}");
    }
    let random = SystemRandom::new();
    let algorithm = &ECDSA_P384_SHA384_FIXED_SIGNING;
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
    let (x, y) = pair.public_key().as_ref()[1..].split_at(48);
    let set = json!({"keys": [{"kty": "EC", "crv": "P-384", "x": text(x), "y": text(y)}]});
    let keys = Keys::of(keys::key_set(set.to_string().as_bytes()).unwrap());
    let message = format!("{}.{}", encode(&json!({"alg": "ES384"})), encode(&good()));
    let signed = pair.sign(&random, message.as_bytes()).unwrap();
    let token = format!("{message}.{}", text(signed.as_ref()));
    assert_eq!(token::verify(&token, &keys).unwrap()["sub"], "u1");
    let public = |alg: &str| json!({"kty": "RSA", "n": RSA_MODULUS, "e": "AQAB", "alg": alg});
    for name in ["RS384", "RS512"] {
        // The example's signature is of RS256, and of nothing else.
        let set = json!({"keys": [public(name)]});
        let keys = Keys::of(keys::key_set(set.to_string().as_bytes()).unwrap());
        let (_, signature) = SIGNED[1];
        let token = format!("{}.{CLAIMS}.{signature}", encode(&json!({"alg": name})));
        assert_eq!(token::verify(&token, &keys), Err(Denied::Signature));
    }
}
