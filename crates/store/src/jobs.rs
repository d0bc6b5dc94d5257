//! Jobs: work that is due at a time, leased by whoever does it, and done at least once.

use crate::Error;
use crate::tx::Tx;
use crate::value::{Row, Value};

/// A job, as it is put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    pub id: String,
    pub kind: String,
    /// What it is about: an id or ARN.
    pub subject: String,
    /// Whose it is; empty where it is nobody's.
    pub account: String,
    /// When it is put. Milliseconds since 1970, as all times of jobs.
    pub put_ms: i64,
    pub due_ms: i64,
    pub payload: Vec<u8>,
}

/// A job, as it is claimed or listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub id: String,
    pub kind: String,
    pub subject: String,
    pub due_ms: i64,
    pub payload: Vec<u8>,
    /// How often it was claimed, this time included.
    pub attempts: i64,
    pub lease_until_ms: i64,
    /// Empty while nobody has it.
    pub lease_owner: String,
    /// Empty before the first failure.
    pub last_error: String,
    pub dead: bool,
    pub account: String,
    pub put_ms: i64,
    /// When it was given up; 0 while it lives.
    pub dead_ms: i64,
}

/// Which dead jobs are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeadJobs {
    /// Those of one account, or else all.
    pub account: Option<String>,
    pub kind: Option<String>,
    /// The one with this id.
    pub id: Option<String>,
}

/// Jobs that are not claimed though they are due: whoever would do them has enough to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PassingOver {
    pub subjects: Vec<String>,
    pub kinds: Vec<String>,
}

/// The columns of a job, in the order in which `read` takes them.
macro_rules! columns {
    () => {
        "id, kind, subject, due_ms, payload, attempts, lease_until_ms, lease_owner, last_error, dead, \
         account, put_ms, dead_ms"
    };
}

const PUT: &str = concat!(
    "INSERT INTO job (",
    columns!(),
    ") VALUES ($1, $2, $3, $4, $5, 0, 0, '', '', 0, $6, $7, 0) ON CONFLICT DO NOTHING"
);
const GET: &str = concat!("SELECT ", columns!(), " FROM job WHERE id = $1");
const RENEW: &str =
    "UPDATE job SET lease_until_ms = $1 WHERE id = $2 AND lease_owner = $3 AND dead = 0";
const FINISH: &str = "DELETE FROM job WHERE id = $1 AND lease_owner = $2 AND dead = 0";
const FAIL: &str = "UPDATE job SET due_ms = $1, last_error = $2, lease_owner = '', lease_until_ms = 0 \
                    WHERE id = $3 AND lease_owner = $4 AND dead = 0";
const RELEASE_ALL: &str =
    "UPDATE job SET lease_owner = '', lease_until_ms = 0 WHERE dead = 0 AND lease_owner <> ''";
const RELEASE: &str = "UPDATE job SET attempts = attempts - 1, lease_owner = '', lease_until_ms = 0 \
                       WHERE id = $1 AND lease_owner = $2 AND dead = 0";
const BURY: &str = "UPDATE job SET dead = 1, dead_ms = $1, last_error = $2, lease_owner = '', \
                    lease_until_ms = 0 WHERE id = $3 AND lease_owner = $4 AND dead = 0";
const NEXT_DUE: &str =
    "SELECT due_ms FROM job WHERE dead = 0 AND lease_until_ms <= $1 ORDER BY due_ms LIMIT 1";

impl Tx<'_> {
    /// Puts a job. `Error::Exists` when there is one with this id; the transaction stays usable.
    pub fn put_job(&mut self, job: &NewJob) -> Result<(), Error> {
        let NewJob {
            id,
            kind,
            subject,
            account,
            put_ms,
            due_ms,
            payload,
        } = job;
        let params = [
            id.into(),
            kind.into(),
            subject.into(),
            (*due_ms).into(),
            payload.as_slice().into(),
            account.into(),
            (*put_ms).into(),
        ];
        if self.execute(PUT, &params)? == 0 {
            return Err(Error::Exists { table: "job" });
        }
        self.announce();
        Ok(())
    }

    /// The job with this id.
    pub fn job(&mut self, id: &str) -> Result<Option<Job>, Error> {
        self.query(GET, &[id.into()])?.first().map(read).transpose()
    }

    /// Leases up to `limit` due jobs to `owner` until `now_ms + lease_ms`, those due first first, but for
    /// those that are passed over.
    pub fn claim_jobs(
        &mut self,
        now_ms: i64,
        owner: &str,
        lease_ms: i64,
        limit: usize,
        passing_over: &PassingOver,
    ) -> Result<Vec<Job>, Error> {
        let until_ms = now_ms.saturating_add(lease_ms);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut params = vec![owner.into(), until_ms.into(), now_ms.into(), limit.into()];
        let PassingOver { subjects, kinds } = passing_over;
        params.extend(subjects.iter().chain(kinds).map(Value::from));
        let mut jobs = self
            .query(&claim(subjects.len(), kinds.len()), &params)?
            .iter()
            .map(read)
            .collect::<Result<Vec<Job>, Error>>()?;
        jobs.sort_unstable_by(|a, b| (a.due_ms, &a.id).cmp(&(b.due_ms, &b.id)));
        Ok(jobs)
    }

    /// Keeps a job for longer. False when `owner` has lost it.
    pub fn renew_job(&mut self, id: &str, owner: &str, until_ms: i64) -> Result<bool, Error> {
        Ok(self.execute(RENEW, &[until_ms.into(), id.into(), owner.into()])? > 0)
    }

    /// Removes a job that is done. False when `owner` has lost it: then its effects must not stay.
    pub fn finish_job(&mut self, id: &str, owner: &str) -> Result<bool, Error> {
        Ok(self.execute(FINISH, &[id.into(), owner.into()])? > 0)
    }

    /// Gives a job back, to be claimed again from `retry_at_ms`. False when `owner` has lost it.
    pub fn fail_job(
        &mut self,
        id: &str,
        owner: &str,
        error: &str,
        retry_at_ms: i64,
    ) -> Result<bool, Error> {
        let params: [Value; 4] = [retry_at_ms.into(), error.into(), id.into(), owner.into()];
        Ok(self.execute(FAIL, &params)? > 0)
    }

    /// Gives a job back that was not begun: as if it had not been claimed. False when `owner` has lost it.
    pub fn release_job(&mut self, id: &str, owner: &str) -> Result<bool, Error> {
        Ok(self.execute(RELEASE, &[id.into(), owner.into()])? > 0)
    }

    /// Gives back whatever anybody had: for a process that is alone, at its start.
    pub fn release_all_jobs(&mut self) -> Result<u64, Error> {
        self.execute(RELEASE_ALL, &[])
    }

    /// Gives a job up; it stays listed as dead. False when `owner` has lost it.
    pub fn bury_job(
        &mut self,
        id: &str,
        owner: &str,
        error: &str,
        now_ms: i64,
    ) -> Result<bool, Error> {
        let params: [Value; 4] = [now_ms.into(), error.into(), id.into(), owner.into()];
        Ok(self.execute(BURY, &params)? > 0)
    }

    /// Dead jobs by id, after the id `after`.
    pub fn dead_jobs(
        &mut self,
        which: &DeadJobs,
        limit: usize,
        after: Option<&str>,
    ) -> Result<Vec<Job>, Error> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut params = vec![after.unwrap_or("").into(), limit.into()];
        let condition = which.condition(&mut params);
        let sql = format!(
            "SELECT {} FROM job WHERE {condition} AND id > $1 ORDER BY id LIMIT $2",
            columns!()
        );
        self.query(&sql, &params)?.iter().map(read).collect()
    }

    /// Makes dead jobs due again, with their attempts forgotten. Returns how many there were.
    pub fn revive_jobs(&mut self, which: &DeadJobs, due_ms: i64) -> Result<u64, Error> {
        let mut params = vec![due_ms.into()];
        let condition = which.condition(&mut params);
        let sql = format!(
            "UPDATE job SET dead = 0, dead_ms = 0, attempts = 0, due_ms = $1 WHERE {condition}"
        );
        let revived = self.execute(&sql, &params)?;
        if revived > 0 {
            self.announce();
        }
        Ok(revived)
    }

    /// Removes dead jobs for good. Returns how many there were.
    pub fn drop_dead_jobs(&mut self, which: &DeadJobs) -> Result<u64, Error> {
        let mut params = Vec::new();
        let condition = which.condition(&mut params);
        self.execute(&format!("DELETE FROM job WHERE {condition}"), &params)
    }

    /// When the next living job is due that nobody has at `now_ms`.
    pub fn next_job_due_ms(&mut self, now_ms: i64) -> Result<Option<i64>, Error> {
        self.query(NEXT_DUE, &[now_ms.into()])?
            .first()
            .map(|row| row.int(0))
            .transpose()
    }
}

impl DeadJobs {
    /// The condition, with its values put behind the parameters that are there.
    fn condition(&self, params: &mut Vec<Value>) -> String {
        let mut condition = "dead = 1".to_owned();
        let wanted = [
            ("account", &self.account),
            ("kind", &self.kind),
            ("id", &self.id),
        ];
        for (column, value) in wanted {
            if let Some(value) = value {
                params.push(value.into());
                condition += &format!(" AND {column} = ${}", params.len());
            }
        }
        condition
    }
}

/// The claim, with the parameters from $5 on naming `subjects` subjects to pass over.
fn claim(subjects: usize, kinds: usize) -> String {
    let other_than = |column: &str, first: usize, count: usize| {
        let marks: Vec<String> = (first..first + count)
            .map(|number| format!("${number}"))
            .collect();
        match marks.is_empty() {
            true => String::new(),
            false => format!("AND {column} NOT IN ({}) ", marks.join(", ")),
        }
    };
    let passing_over =
        other_than("subject", 5, subjects) + &other_than("kind", 5 + subjects, kinds);
    // The outer conditions are checked again on the newest row, so of two claimers one gets nothing.
    format!(
        "UPDATE job SET lease_owner = $1, lease_until_ms = $2, attempts = attempts + 1 \
         WHERE dead = 0 AND due_ms <= $3 AND lease_until_ms <= $3 AND id IN \
         (SELECT id FROM job WHERE dead = 0 AND due_ms <= $3 AND lease_until_ms <= $3 {passing_over}\
         ORDER BY due_ms, id LIMIT $4) RETURNING {}",
        columns!()
    )
}

fn read(row: &Row) -> Result<Job, Error> {
    Ok(Job {
        id: row.text(0)?.to_owned(),
        kind: row.text(1)?.to_owned(),
        subject: row.text(2)?.to_owned(),
        due_ms: row.int(3)?,
        payload: row.blob(4)?.to_vec(),
        attempts: row.int(5)?,
        lease_until_ms: row.int(6)?,
        lease_owner: row.text(7)?.to_owned(),
        last_error: row.text(8)?.to_owned(),
        dead: row.flag(9)?,
        account: row.text(10)?.to_owned(),
        put_ms: row.int(11)?,
        dead_ms: row.int(12)?,
    })
}
