//! A file in pieces: what arrives is what was sent, whatever it holds.

use tokio::net::TcpListener;

#[expect(dead_code, reason = "its `main` is for the terminal")]
#[path = "../../examples/file_upload.rs"]
mod file_upload;

#[tokio::test]
async fn file_upload_arrives_as_it_is_whatever_it_holds() {
    let folder = std::env::temp_dir();
    let name = format!("sockeye_file_upload_{}", std::process::id());
    let (original, copy) = (folder.join(&name), folder.join(name + ".copy"));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let serving = file_upload::serve(listener, &copy);
    let uploading = async {
        let text = "0123456789 ".repeat(300_000).into_bytes();
        let noise = (0..1_000_000_u32).map(|n| (n.wrapping_mul(0x9E37_79B9) >> 24) as u8);
        for bytes in [text, noise.collect(), Vec::new()] {
            std::fs::write(&original, &bytes).unwrap();
            let len = file_upload::upload(&url, &original).await.unwrap();
            assert_eq!(len, bytes.len() as u64);
            assert!(std::fs::read(&copy).unwrap() == bytes);
        }
    };
    tokio::select! {
        served = serving => panic!("it served until {served:?}"),
        () = uploading => {}
    }
    for file in [original, copy] {
        std::fs::remove_file(file).unwrap();
    }
}
