//! An S3 server with one bucket in a folder, for scripts that test the server from outside: `bucket FOLDER`. It prints the
//! settings that lead there, and ends when its standard input closes, however its owner ends.
#![expect(clippy::print_stdout, reason = "what a script reads")]

use std::error::Error;
use std::path::PathBuf;

use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

const KEY: (&str, &str) = ("test", "a secret of the test");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: bucket FOLDER")?);
    std::fs::create_dir_all(folder.join("media"))?;
    let files = s3s_fs::FileSystem::new(&folder).map_err(|error| format!("{error:?}"))?;
    let mut service = S3ServiceBuilder::new(files);
    service.set_auth(SimpleAuth::from_single(KEY.0, KEY.1));
    let service = service.build();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("SLUICE_BLOBS=s3://media/sluice");
    println!("SLUICE_S3_ENDPOINT=http://{}", listener.local_addr()?);
    println!("SLUICE_S3_REGION=us-east-1");
    println!("SLUICE_S3_ACCESS_KEY_ID={}", KEY.0);
    println!("SLUICE_S3_SECRET={}\n", KEY.1);
    let serving = async {
        while let Ok((socket, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                // A connection that is cut ends with an error.
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), service).await.ok()
            });
        }
    };
    let (mut input, mut rest) = (tokio::io::stdin(), Vec::new());
    tokio::select! {
        () = serving => {}
        _ = input.read_to_end(&mut rest) => {}
    }
    Ok(())
}
