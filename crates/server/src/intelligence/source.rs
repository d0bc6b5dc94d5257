//! Where a feed comes from, and opening it whatever its packing.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::str::FromStr;

use flate2::read::MultiGzDecoder;

use super::feed::FeedError;

/// A file, a folder or a web address that holds a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file or a folder on this machine.
    Path(PathBuf),
    /// An `http` or `https` address.
    Url(String),
}

/// A source text that names neither a path nor a web address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The text is blank.
    #[error("the feed's source is empty: give a path or an http(s) address")]
    Empty,
    /// The text is an address of another kind.
    #[error("{text:?} cannot be a feed's source: {scheme} is not http or https, nor is it a path")]
    Scheme {
        /// The text as given.
        text: String,
        /// The part before `://`.
        scheme: String,
    },
    /// The address has nothing after its scheme.
    #[error("{text:?} names no host")]
    Host {
        /// The text as given.
        text: String,
    },
}

impl FromStr for Source {
    type Err = SourceError;

    fn from_str(text: &str) -> Result<Self, SourceError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(SourceError::Empty);
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return Ok(Self::Path(PathBuf::from(text)));
        };
        match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" if rest.is_empty() || rest.starts_with('/') => {
                Err(SourceError::Host {
                    text: text.to_owned(),
                })
            }
            "http" | "https" => Ok(Self::Url(text.to_owned())),
            "file" if rest.starts_with('/') => Ok(Self::Path(PathBuf::from(rest))),
            _ => Err(SourceError::Scheme {
                text: text.to_owned(),
                scheme: scheme.to_owned(),
            }),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(f),
            Self::Url(url) => url.fmt(f),
        }
    }
}

/// Bytes that can be read from any position: a file, or a download kept in memory or on disk.
pub trait Input: Read + Seek {}

impl<T: Read + Seek> Input for T {}

impl Source {
    /// Opens a file, or lets `fetch` download the address.
    pub fn open(
        &self,
        fetch: impl FnOnce(&str) -> io::Result<Box<dyn Input>>,
    ) -> Result<Box<dyn Input>, FeedError> {
        let opened = match self {
            Self::Path(path) => File::open(path).map(|file| Box::new(file) as Box<dyn Input>),
            Self::Url(url) => fetch(url),
        };
        opened.map_err(|cause| FeedError::Unreadable {
            place: format!("from {self}"),
            cause,
        })
    }
}

/// How a feed is packed, told from its first bytes and never from its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// As it is.
    None,
    /// gzip, of one or several members.
    Gzip,
    /// A zip archive.
    Zip,
}

impl Packing {
    /// Looks at the first bytes and goes back to the start.
    pub fn detect(input: &mut (impl Read + Seek + ?Sized)) -> io::Result<Self> {
        let mut first = Vec::with_capacity(4);
        input.take(4).read_to_end(&mut first)?;
        input.seek(SeekFrom::Start(0))?;
        Ok(match first.as_slice() {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [b'P', b'K', 3, 4] | [b'P', b'K', 5, 6] => Self::Zip,
            _ => Self::None,
        })
    }
}

/// A buffered reader over the content, unpacked if it is gzip.
///
/// A gzip stream without its trailer ends in an `UnexpectedEof` error, never in a shorter content.
pub fn unpack<'a, I: Read + Seek + 'a>(mut input: I) -> Result<Box<dyn BufRead + 'a>, FeedError> {
    let packing = Packing::detect(&mut input);
    match packing.map_err(|cause| FeedError::from_io(cause, "at its start"))? {
        Packing::None => Ok(Box::new(BufReader::new(input))),
        Packing::Gzip => Ok(Box::new(BufReader::new(MultiGzDecoder::new(
            BufReader::new(input),
        )))),
        Packing::Zip => Err(FeedError::Malformed {
            place: "at its start".to_owned(),
            reason: "this is a zip archive; expected plain text or gzip".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn texts_become_paths_and_addresses() {
        let path = |text: &str| Ok(Source::Path(PathBuf::from(text)));
        let url = |text: &str| Ok(Source::Url(text.to_owned()));
        for (text, expected) in [
            ("feeds/osv.zip", path("feeds/osv.zip")),
            (" /var/feeds ", path("/var/feeds")),
            ("file:///var/feeds", path("/var/feeds")),
            (
                "https://feeds.example/kev.json",
                url("https://feeds.example/kev.json"),
            ),
            ("HTTP://feeds.example/x", url("HTTP://feeds.example/x")),
            ("", Err(SourceError::Empty)),
            (
                "https://",
                Err(SourceError::Host {
                    text: "https://".into(),
                }),
            ),
            (
                "ftp://feeds.example/x",
                Err(SourceError::Scheme {
                    text: "ftp://feeds.example/x".into(),
                    scheme: "ftp".into(),
                }),
            ),
        ] {
            assert_eq!(text.parse::<Source>(), expected, "{text}");
        }
    }

    #[test]
    fn gzip_is_found_by_content_and_may_have_several_members() {
        let mut packed = gzip(b"one,");
        packed.extend(gzip(b"two"));
        for bytes in [packed, b"one,two".to_vec()] {
            let mut text = String::new();
            unpack(Cursor::new(bytes))
                .unwrap()
                .read_to_string(&mut text)
                .unwrap();
            assert_eq!(text, "one,two");
        }
        assert!(matches!(
            unpack(Cursor::new(b"PK\x03\x04....")),
            Err(FeedError::Malformed { .. })
        ));
    }

    #[test]
    fn gzip_cut_anywhere_is_an_error() {
        let packed = gzip("a line of the feed\n".repeat(50).as_bytes());
        for length in 2..packed.len() {
            let mut text = Vec::new();
            let mut reader = unpack(Cursor::new(&packed[..length])).unwrap();
            let error = reader.read_to_end(&mut text).unwrap_err();
            let error = FeedError::from_io(error, "here");
            assert!(
                matches!(error, FeedError::Truncated { .. }),
                "cut at {length}: {error}"
            );
        }
    }

    #[test]
    fn an_address_is_opened_by_the_caller() {
        let source: Source = "https://feeds.example/x".parse().unwrap();
        let opened = source.open(|url| Ok(Box::new(Cursor::new(url.to_owned().into_bytes()))));
        let mut text = String::new();
        opened.unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "https://feeds.example/x");
        let missing = Source::Path("/nowhere/at/all".into());
        let error = missing
            .open(|_| unreachable!("a path is not fetched"))
            .err()
            .unwrap();
        assert!(error.to_string().contains("/nowhere/at/all"), "{error}");
    }
}
