//! UpdateSecurityHubConfiguration: settings of controls, which are kept and shown.

use balefire_api::generated::securityhub::{
    UpdateSecurityHubConfigurationRequest, UpdateSecurityHubConfigurationResponse,
};
use serde_json::json;

use crate::context::Ctx;
use crate::failure::Failure;

pub fn update_security_hub_configuration(
    ctx: &mut Ctx<'_, '_>,
    input: UpdateSecurityHubConfigurationRequest,
) -> Result<UpdateSecurityHubConfigurationResponse, Failure> {
    let mut hub = super::require_on(ctx)?;
    let before = hub.record.clone();
    if let Some(enable) = input.auto_enable_controls {
        hub.auto_enable_controls = enable;
    }
    if let Some(generator) = input.control_finding_generator {
        hub.control_finding_generator = generator.as_str().into();
    }
    if hub.record != before {
        ctx.tx.replace(&mut hub)?;
        let body = json!({
            "auto_enable_controls": hub.auto_enable_controls,
            "control_finding_generator": hub.control_finding_generator,
        });
        ctx.changed("hub_v1.updated", &hub.arn(), &body)?;
    }
    Ok(UpdateSecurityHubConfigurationResponse {})
}
