//! ARNs of Security Hub's things, in the form of the Service Authorization Reference.

use crate::context::Ctx;
use crate::failure::Failure;

/// What an ARN says.
#[derive(Debug, PartialEq)]
pub struct Arn<'a> {
    pub region: &'a str,
    pub account: &'a str,
    /// `hubv2`, `aggregatorv2` and the like.
    pub noun: &'a str,
    pub id: &'a str,
}

impl std::fmt::Display for Arn<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        let Arn {
            region,
            account,
            noun,
            id,
        } = self;
        write!(
            formatter,
            "arn:aws:securityhub:{region}:{account}:{noun}/{id}"
        )
    }
}

/// The parts of an ARN of this service, whoever's it is.
pub fn parse(text: &str) -> Option<Arn<'_>> {
    let mut parts = text.strip_prefix("arn:aws:securityhub:")?.splitn(3, ':');
    let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
    let (noun, id) = resource.split_once('/')?;
    Some(Arn {
        region,
        account,
        noun,
        id,
    })
}

/// As `parse`, for the input's member at `path`; `noun` stands in the example of a right one.
pub fn parse_at<'a>(path: &str, text: &'a str, noun: &str) -> Result<Arn<'a>, Failure> {
    parse(text).ok_or_else(|| {
        let example = format!("arn:aws:securityhub:us-east-1:111122223333:{noun}/ID");
        Failure::invalid(path, format!("Member must be an ARN, such as {example}"))
    })
}

impl Arn<'_> {
    /// Whether it names what the caller may have in the region of the call.
    pub fn is_here(&self, ctx: &Ctx<'_, '_>) -> bool {
        self.region == ctx.region && self.account == ctx.account()
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn only_whole_arns_of_the_service_are_read() {
        let text = "arn:aws:securityhub:eu-central-1:111111111111:hub/default";
        let arn = parse(text).expect("an ARN");
        assert_eq!((arn.noun, arn.id), ("hub", "default"));
        assert_eq!(arn.to_string(), text);
        for text in [
            "",
            "arn:aws:securityhub:eu-central-1:111111111111",
            "arn:aws:securityhub:eu-central-1:111111111111:hub",
            "arn:aws:inspector2:eu-central-1:111111111111:hub/default",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
