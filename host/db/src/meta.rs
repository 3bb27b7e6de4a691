//! Which chain and which schema a database holds.

use crate::{Batch, Column, Db, DbError, OpenError};

#[cfg(test)]
mod tests;

/// Version of the columns and their records. Raised by each change that older programs would misread.
pub const SCHEMA_VERSION: u32 = 2;

const SCHEMA: &[u8] = b"schema";
const GENESIS: &[u8] = b"genesis";

/// Ties an empty database to the chain with this genesis hash, or checks that it is the one it was tied to.
pub fn bind(db: &dyn Db, genesis: [u8; 32]) -> Result<(), OpenError> {
    let mut batch = Batch::new();
    bind_with(db, genesis, &mut batch)?;
    if batch.is_empty() { Ok(()) } else { Ok(db.write(batch)?) }
}

/// [`bind`], but what there is to write goes into `batch`, which the caller writes together with the first block: there is
/// no moment at which a database belongs to a chain and has none.
pub fn bind_with(db: &dyn Db, genesis: [u8; 32], batch: &mut Batch) -> Result<(), OpenError> {
    let schema = check_schema(db)?;
    if let Some(found) = db.get(Column::Meta, GENESIS)? {
        let found = found.try_into().map_err(|_| DbError::Corrupt("the genesis record is not 32 bytes".into()))?;
        return if found == genesis { Ok(()) } else { Err(OpenError::OtherChain { expected: genesis, found }) };
    }
    if schema.is_none() {
        batch.put(Column::Meta, SCHEMA, SCHEMA_VERSION.to_be_bytes());
    }
    batch.put(Column::Meta, GENESIS, genesis);
    Ok(())
}

/// The schema on disk, `None` in an empty database; refuses one that this program does not know.
pub(crate) fn check_schema(db: &dyn Db) -> Result<Option<u32>, OpenError> {
    let Some(bytes) = db.get(Column::Meta, SCHEMA)? else { return Ok(None) };
    let bytes = bytes.try_into().map_err(|_| DbError::Corrupt("the schema record is not 4 bytes".into()))?;
    let found = u32::from_be_bytes(bytes);
    match found.cmp(&SCHEMA_VERSION) {
        std::cmp::Ordering::Equal => Ok(Some(found)),
        std::cmp::Ordering::Greater => Err(OpenError::NewerSchema { found, supported: SCHEMA_VERSION }),
        std::cmp::Ordering::Less => Err(OpenError::OlderSchema { found, supported: SCHEMA_VERSION }),
    }
}
