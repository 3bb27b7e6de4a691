//! `export-blocks` and `import-blocks`: the chain's blocks to a file, and back.

use std::{
    cell::Cell,
    fs::File,
    io::{self, BufWriter, Read, Write},
    path::Path,
    rc::Rc,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, anyhow, bail};
use ziver_chain::{Chain, ChainReader};
use ziver_primitives::{Block, BlockNumber, Hash, inherents::InherentData};

use crate::{
    block_file::{BlockReader, BlockWriter, Format},
    cli::{ExportBlocksArgs, ImportBlocksArgs},
    descriptors::Descriptors,
    interrupt::Interrupt,
    output::{Usage, count, print_line, told},
    progress::Progress,
    store,
};

/// Blocks between two steps of finality: each step is a synced write.
const FINALIZE_EVERY: u64 = 32;

/// Writes blocks.
pub fn export(args: &ExportBlocksArgs) -> Result<()> {
    if let Some(to) = args.to.filter(|to| *to < args.from) {
        return Err(Usage(format!("--to {to} is below --from {}, the first block", args.from)).into());
    }
    let opened = store::open_existing(&args.store)?;
    let reader = opened.chain.reader();
    let best = reader.best().number;
    let (from, to) = (args.from, args.to.unwrap_or(best));
    if to > best {
        bail!("--to {to}: the best block is {best}");
    }
    if from > to {
        bail!("--from {from} is above the best block, {to}");
    }
    let format = if args.binary { Format::Binary } else { Format::Json };
    match file(args.output.as_deref()) {
        None => {
            let blocks = Exported { reader, from, to, format, interrupt: None };
            drop(blocks.write(io::stdout().lock(), told)?);
        }
        Some(path) => {
            let mut blocks = Exported { reader, from, to, format, interrupt: None };
            let failed = |error: io::Error| anyhow!("cannot write {}: {error}", path.display());
            match path.metadata() {
                // A pipe or a device: there is nothing to replace.
                Ok(found) if !found.is_file() => {
                    blocks.write(File::create(path).map_err(failed)?, |written| written.map_err(failed))?;
                }
                _ => {
                    // A file is there whole or not at all, whatever signal comes.
                    blocks.interrupt = Some(Interrupt::listen()?);
                    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
                    let part = tempfile::Builder::new().prefix("export-").tempfile_in(folder.unwrap_or(Path::new(".")));
                    let part = blocks.write(part.map_err(failed)?, |written| written.map_err(failed))?;
                    part.as_file().sync_all().map_err(failed)?;
                    part.persist(path).map_err(|error| failed(error.error))?;
                }
            }
            print_line(&match to - from {
                0 => format!("1 block, {from}, is in {}", path.display()),
                more => format!("{} blocks, from {from} to {to}, are in {}", more + 1, path.display()),
            })?;
        }
    }
    Ok(())
}

/// A path that names a file; `-` means none.
fn file(path: Option<&Path>) -> Option<&Path> {
    path.filter(|path| *path != Path::new("-"))
}

struct Exported<'a> {
    reader: &'a ChainReader,
    from: BlockNumber,
    to: BlockNumber,
    format: Format,
    /// Whether to end early; where nothing is left behind, signals end the process as usual.
    interrupt: Option<Interrupt>,
}

impl Exported<'_> {
    /// Writes the blocks; `check` makes an error of what the writer says.
    fn write<W: Write>(&self, to: W, check: impl Fn(io::Result<()>) -> Result<()>) -> Result<W> {
        let count = u64::from(self.to - self.from) + 1;
        let mut progress = Progress::begin("exporting", Some(count));
        let mut fault = Ok(());
        let mut keep = |written: io::Result<()>| {
            let is_ok = written.is_ok();
            if !is_ok {
                fault = check(written);
            }
            is_ok
        };
        let mut writer = match BlockWriter::begin(BufWriter::new(to), self.format, count) {
            Ok(writer) => writer,
            Err(error) => return Err(check(Err(error)).err().unwrap_or_else(|| anyhow!("nothing was written"))),
        };
        for (done, number) in (self.from..=self.to).enumerate() {
            self.interrupt.as_ref().map_or(Ok(()), Interrupt::check)?;
            let block = stored_block(self.reader, number)?;
            if !keep(writer.write(&block)) {
                break;
            }
            progress.reach(done as u64 + 1);
        }
        fault?;
        let ended = writer.finish().and_then(|buffer| buffer.into_inner().map_err(|error| error.into_error()));
        match ended {
            Ok(to) => Ok(to),
            Err(error) => Err(check(Err(error)).err().unwrap_or_else(|| anyhow!("the last bytes were not written"))),
        }
    }
}

fn stored_block(reader: &ChainReader, number: BlockNumber) -> Result<Block> {
    let missing = || anyhow!("block {number} is missing: the database is damaged");
    let hash = reader.hash_by_number(number)?.ok_or_else(missing)?;
    let header = reader.header(&hash)?.ok_or_else(missing)?;
    let extrinsics = reader.body(&hash)?.ok_or_else(missing)?;
    Ok(Block { header, extrinsics })
}

/// Checks, executes and stores blocks.
pub fn import(args: &ImportBlocksArgs) -> Result<()> {
    let path = file(args.input.as_deref());
    // Before the chain: a wrong name must not leave a new chain behind.
    let (from, bytes): (Box<dyn Read>, _) = match path {
        None => (Box::new(io::stdin()), None),
        Some(path) => {
            let file = open(path)?;
            let total = file.metadata().ok().filter(|found| found.is_file()).map(|found| found.len());
            let read = Rc::new(Cell::new(0));
            (Box::new(Counted { from: file, read: read.clone() }), total.map(|total| (total, read)))
        }
    };
    let name = path.map_or_else(|| "stdin".to_owned(), |path| path.display().to_string());
    let format = args.binary.then_some(Format::Binary);
    let blocks = BlockReader::begin(from, format).with_context(|| name.clone())?;
    let source = store::read_spec(&args.store.chain)?;
    let folder = store::chain_folder(args.store.base_path.as_deref(), &source.spec)?;
    let open_files_max = Descriptors::raise()?.database;
    let chain = store::open_chain(&args.store, &source, &folder, open_files_max)?;
    let mut import = Import { chain, lag: args.finality_lag, imported: 0, transactions: 0, known: 0 };
    let begin = Instant::now();
    let taken = import.take(blocks, bytes);
    let seconds = begin.elapsed().as_secs_f64();
    // So that what opens the chain next has nothing to do again.
    let stored = import.chain.checkpoint();
    // What came before a bad block is stored, so it is told of in either case.
    let told = print_line(&import.summary(seconds));
    taken.with_context(|| name)?;
    stored?;
    told
}

fn open(path: &Path) -> Result<File> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    if file.metadata().is_ok_and(|found| found.is_dir()) {
        bail!("cannot read {}: it is a folder", path.display());
    }
    Ok(file)
}

/// Counts what is read.
struct Counted<R> {
    from: R,
    read: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(into)?;
        self.read.set(self.read.get() + read as u64);
        Ok(read)
    }
}

struct Import {
    chain: Chain,
    lag: BlockNumber,
    imported: u64,
    transactions: u64,
    known: u64,
}

impl Import {
    /// Takes blocks from a file; `bytes` are how many it has, and how many were read.
    fn take(&mut self, blocks: BlockReader, bytes: Option<(u64, Rc<Cell<u64>>)>) -> Result<()> {
        let is_file = bytes.is_some();
        let bytes = bytes.filter(|_| blocks.total().is_none());
        let mut progress = match &bytes {
            Some((total, _)) => Progress::begin_bytes("importing", *total),
            None => Progress::begin("importing", blocks.total()),
        };
        let mut blocks = blocks.peekable();
        while let Some(block) = blocks.next() {
            if let Ok(block) = &block {
                self.prepare(block)?;
            }
            // A pipe may be silent for long, and what came is not to wait for that.
            if is_file && let Some(Ok(next)) = blocks.peek() {
                self.prepare(next)?;
            }
            let taken = block.map_err(anyhow::Error::new).and_then(|block| self.take_one(block));
            if let Err(error) = taken {
                // The block's error is the one to tell; finality is caught up at the next start.
                let _ = self.finalize();
                return Err(error);
            }
            if self.imported.is_multiple_of(FINALIZE_EVERY) {
                self.finalize()?;
            }
            let done = self.imported + self.known;
            match &bytes {
                Some((_, read)) => progress.reach_bytes(done, read.get()),
                None => progress.reach(done),
            }
        }
        self.finalize()
    }

    /// Begins to recover the signatures of a block that comes soon.
    fn prepare(&mut self, block: &Block) -> Result<()> {
        if self.chain.reader().header(&block.header.hash())?.is_none() {
            self.chain.prepare(block);
        }
        Ok(())
    }

    fn take_one(&mut self, block: Block) -> Result<()> {
        let (number, hash) = (block.header.number, block.header.hash());
        if self.chain.reader().header(&hash)?.is_some() {
            self.known += 1;
            return Ok(());
        }
        if number == 0 {
            let ours: Hash = self.chain.reader().genesis_hash();
            bail!("block 0 is {hash:?}, this chain begins with {ours:?}");
        }
        let transactions = block.extrinsics.iter().filter(|extrinsic| is_signed(&extrinsic.0)).count();
        let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_millis());
        let now = InherentData::with_timestamp(u64::try_from(now_ms).unwrap_or(u64::MAX));
        self.chain.import(block, Some(&now)).with_context(|| format!("block {number}"))?;
        self.imported += 1;
        self.transactions += transactions as u64;
        Ok(())
    }

    /// Makes final what is deep enough.
    fn finalize(&mut self) -> Result<()> {
        if let Some(block) = self.chain.best_ancestor(self.lag) {
            self.chain.finalize(&block.hash)?;
        }
        Ok(())
    }

    fn summary(&self, seconds: f64) -> String {
        let Self { imported, transactions, known, .. } = self;
        let best = self.chain.best();
        let rate = |count: u64| count as f64 / seconds.max(0.001);
        format!(
            "{} imported ({known} were there already) in {seconds:.1} s: {:.0} blocks/s, {:.0} transactions/s; \
             best is {} {:?}",
            count(*imported, "block", "blocks"),
            rate(*imported),
            rate(*transactions),
            best.number,
            best.hash,
        )
    }
}

/// Whether somebody signed an extrinsic: the bit is the same in every version of the format.
fn is_signed(extrinsic: &[u8]) -> bool {
    extrinsic.first().is_some_and(|version| version & 0x80 != 0)
}
