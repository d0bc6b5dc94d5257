//! The end of what a command says.

use std::collections::VecDeque;

use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncReadExt};

/// Bytes that are kept.
const KEPT: usize = 4096;

/// The last bytes of some streams, as they came.
#[derive(Default)]
pub struct Tail(Mutex<VecDeque<u8>>);

impl Tail {
    /// Reads a stream to its end. One that cannot be read has ended.
    pub async fn read(&self, stream: Option<impl AsyncRead + Unpin>) {
        let Some(mut stream) = stream else { return };
        let mut buffer = [0; KEPT];
        while let Ok(count @ 1..) = stream.read(&mut buffer).await {
            self.push(&buffer[..count]);
        }
    }

    fn push(&self, bytes: &[u8]) {
        let mut kept = self.0.lock();
        kept.extend(bytes);
        let over = kept.len().saturating_sub(KEPT);
        kept.drain(..over);
    }

    /// As text. Control characters would fill an event's data by their escapes, so they go.
    pub fn text(&self) -> String {
        let kept = self.0.lock();
        let bytes: Vec<u8> = kept.iter().copied().collect();
        let text = String::from_utf8_lossy(&bytes);
        let shown = text.chars().map(|c| match c {
            '\n' | '\t' => c,
            c if c.is_control() => ' ',
            c => c,
        });
        shown.collect::<String>().trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_stays() {
        let tail = Tail::default();
        for _ in 0..1000 {
            tail.push(b"line\n");
        }
        tail.push(b"\x1b[31mlast\xff\n");
        let text = tail.text();
        assert!(text.ends_with(" [31mlast\u{fffd}"), "{text}");
        assert!(text.len() <= KEPT + 2);
    }
}
