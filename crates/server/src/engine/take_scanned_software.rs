//! The job that brings what a scan found installed into the software inventory.

#[cfg(test)]
mod tests;

use balefire_store::Job;
use serde_json::json;

use crate::context::Ctx;
use crate::failure::Failure;
use crate::formats::inspector::resource_type;
use crate::inspector::resource::{RESOURCE_SCANNED, Resource, ResourceArn};
use crate::intelligence::package::Package;
use crate::securityhub::software::{ScannedPackage, ScannedResource, take_scanned};

/// Takes over the newest scan of the resource, and leaves a job where that is much.
pub fn take_scanned_software(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<(), Failure> {
    let (region, arn) = job.subject.split_once('/').unwrap_or_default();
    let key = [(&job.account).into(), region.into(), arn.into()];
    let Some(scanned) = ctx.tx.get::<Resource>(&key)? else {
        return Ok(());
    };
    let packages = scanned.packages()?.into_iter();
    let packages = packages.map(package_of).collect();
    if take_scanned(ctx.tx, resource_of(&scanned)?, packages)? {
        ctx.leave_job(&job.account, RESOURCE_SCANNED, &job.subject, &json!({}))?;
    }
    Ok(())
}

fn resource_of(scanned: &Resource) -> Result<ScannedResource, Failure> {
    let arn = ResourceArn::parse(&scanned.arn).map_err(Failure::Internal)?;
    Ok(ScannedResource {
        account: scanned.account.clone(),
        region: scanned.region.clone(),
        kind: resource_type(arn.kind.resource_type().as_str()).to_owned(),
        partition: arn.partition,
        arn: arn.text,
    })
}

fn package_of(package: Package) -> ScannedPackage {
    ScannedPackage {
        name: package.name,
        version: package.version,
        purl: package.purl,
    }
}
