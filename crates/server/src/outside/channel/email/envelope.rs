//! One message to several recipients: whoever can be told is told, whoever is refused is named.

use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};

use super::super::super::Fault;

/// How long the server has for its good-bye; the message is its by then.
const QUIT_TIMEOUT: Duration = Duration::from_secs(1);

/// Hands a message over. When some recipients are refused, the others get it all the same, and the fault
/// lasts: another attempt would tell those again who know already.
pub async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    from: &Address,
    recipients: &[&Address],
    message: &[u8],
) -> Result<(), Fault> {
    let mail = Mail::new(Some(from.clone()), Vec::new());
    connection
        .command(mail)
        .await
        .map_err(|error| fault(&error))?;
    let mut refused = Vec::new();
    for &recipient in recipients {
        let rcpt = Rcpt::new(recipient.clone(), Vec::new());
        match connection.command(rcpt).await {
            Ok(_) => {}
            Err(error) if error.status().is_some() => refused.push((recipient, error)),
            Err(error) => return Err(fault(&error)),
        }
    }
    let named = refused.iter().map(|(to, error)| format!("{to} ({error})"));
    let named = named.collect::<Vec<_>>().join(", ");
    if refused.len() == recipients.len() {
        let lasting = refused.iter().all(|(_, error)| error.is_permanent());
        return Err(Fault {
            reason: format!("every recipient was refused: {named}"),
            lasting,
        });
    }
    connection
        .command(Data)
        .await
        .map_err(|error| fault(&error))?;
    connection
        .message(message)
        .await
        .map_err(|error| fault(&error))?;
    // Whatever comes of the good-bye, the message was taken.
    let _ = tokio::time::timeout(QUIT_TIMEOUT, connection.quit()).await;
    if refused.is_empty() {
        return Ok(());
    }
    Err(Fault::lasting(format!(
        "the message was taken, but not for {named}"
    )))
}

/// What the server refuses for good, or lacks altogether, lasts.
pub fn fault(error: &Error) -> Fault {
    Fault {
        reason: error.to_string(),
        lasting: error.is_permanent() || error.is_client(),
    }
}
