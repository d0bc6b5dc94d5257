//! Who is notified: an HTTP server that keeps what it is sent.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Id and text of a message.
type Message = (String, String);

pub struct Listener {
    pub url: String,
    received: Arc<Mutex<Vec<Message>>>,
}

impl Listener {
    pub fn start() -> Listener {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/hook", socket.local_addr().expect("an address"));
        let received: Arc<Mutex<Vec<Message>>> = Arc::default();
        let kept = Arc::clone(&received);
        std::thread::spawn(move || {
            for stream in socket.incoming().flatten() {
                // A sender that was killed leaves nothing to keep.
                if let Ok(message) = receive(stream) {
                    kept.lock().expect("a lock").push(message);
                }
            }
        });
        Listener { url, received }
    }

    /// What came since the last call, in its order, each id once.
    pub fn take(&self) -> Vec<Message> {
        let mut seen = std::collections::HashSet::new();
        let mut all = std::mem::take(&mut *self.received.lock().expect("a lock"));
        all.retain(|(id, _)| seen.insert(id.clone()));
        all
    }
}

fn receive(mut stream: TcpStream) -> std::io::Result<Message> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut id, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            // The request line has a colon only in its URL's authority, which it does not send.
            if line.trim().is_empty() {
                break;
            }
            continue;
        };
        match name.to_ascii_lowercase().as_str() {
            "webhook-id" => id = value.trim().to_owned(),
            "content-length" => length = value.trim().parse().unwrap_or_default(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")?;
    Ok((id, String::from_utf8_lossy(&body).into_owned()))
}
