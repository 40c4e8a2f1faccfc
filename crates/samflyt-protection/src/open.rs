//! Opening a tenant's key store, and telling one that has lost something.

use std::sync::Arc;

use samflyt_events::TenantId;
use samflyt_log::Log;

use crate::bucket::{Bucket, Held, Key};
use crate::error::{OpenError, StoreError};
use crate::keys::KeyProvider;
use crate::mark::{Counts, KeyPosition, Mark};
use crate::subject::Secrets;
use crate::{Protection, ProtectionConfig};

impl Protection {
    /// Opens the tenant's key store. It is made only where `needed` says that the log has no sealed event.
    ///
    /// `needed`: the furthest [`KeyPosition`] of the log's events.
    ///
    /// # Errors
    /// [`OpenError`] names the tenant; nothing is overwritten, and the tenant must not be served.
    pub async fn open(
        log: &Log,
        provider: Arc<dyn KeyProvider>,
        tenant: TenantId,
        config: ProtectionConfig,
        needed: Option<KeyPosition>,
    ) -> Result<Self, OpenError> {
        let failed = |source: StoreError| OpenError::Store { tenant: tenant.clone(), source };
        let found = Bucket::find(log, &tenant).await.map_err(|error| failed(error.into()))?;
        let bucket = match found {
            Some(bucket) => bucket,
            None if needed.is_some() => return Err(OpenError::Missing(tenant)),
            None => Bucket::create(log, &tenant).await.map_err(|error| failed(error.into()))?,
        };
        let held = ready(&bucket, &tenant, provider.as_ref(), needed.is_some()).await?;
        let damaged = |what| OpenError::Damaged { tenant: tenant.clone(), what };
        let mark = Mark::parse(&held).ok_or_else(|| damaged("its mark is not of its form"))?;
        check(&bucket, &tenant, &mark, needed).await?;
        let context = Mark::context(&tenant, mark.store);
        let secret = provider.unwrap_key(&tenant, &context, &mark.secret).await;
        let secret = secret.map_err(|error| failed(error.into()))?;
        let secrets = Secrets::of(&secret).ok_or_else(|| damaged("its secret is no key"))?;
        let log = log.clone();
        let opened = Self::new(tenant.clone(), config, log, bucket, provider, (mark.store, secrets));
        match opened.look_through(&held, mark).await {
            // Another process marked it meanwhile.
            Ok(()) | Err(StoreError::Contended) => Ok(opened),
            Err(error) => Err(failed(error)),
        }
    }
}

/// The mark of the store, made where the store is empty and may be.
async fn ready(
    bucket: &Bucket,
    tenant: &TenantId,
    provider: &dyn KeyProvider,
    is_needed: bool,
) -> Result<Held, OpenError> {
    let failed = |source: StoreError| OpenError::Store { tenant: tenant.clone(), source };
    let mark = || async { bucket.get(&Key::Mark).await.map_err(|error| failed(error.into())) };
    if let Some(held) = mark().await? {
        return Ok(held);
    }
    let (_, entries) = bucket.state().await.map_err(|error| failed(error.into()))?;
    if entries > 0 {
        // It may be that another process has just made it.
        let what = "its mark is missing";
        return mark().await?.ok_or_else(|| OpenError::Damaged { tenant: tenant.clone(), what });
    }
    if is_needed {
        return Err(OpenError::Missing(tenant.clone()));
    }
    provider.ensure(tenant).await.map_err(|error| failed(error.into()))?;
    Mark::first(bucket, tenant, provider).await.map_err(failed)?;
    let what = "its mark was put and is not there";
    mark().await?.ok_or_else(|| OpenError::Damaged { tenant: tenant.clone(), what })
}

async fn check(
    bucket: &Bucket,
    tenant: &TenantId,
    mark: &Mark,
    needed: Option<KeyPosition>,
) -> Result<(), OpenError> {
    let failed = |source: StoreError| OpenError::Store { tenant: tenant.clone(), source };
    let counts = Counts::of(bucket).await.map_err(|error| failed(error.into()))?;
    if counts.lacks(&mark.counts) {
        return Err(OpenError::Damaged {
            tenant: tenant.clone(),
            what: "entries are gone that nobody erased",
        });
    }
    let (has, _) = bucket.state().await.map_err(|error| failed(error.into()))?;
    match needed {
        Some(needed) if needed.store != mark.store => Err(OpenError::Other(tenant.clone())),
        Some(needed) if needed.revision > has => {
            Err(OpenError::Older { tenant: tenant.clone(), has, needs: needed.revision })
        }
        _ => Ok(()),
    }
}
