//! The contract around the functions. One more than there are asks the chain to hash, in place of [`work::keccak`].

use core::panic::PanicInfo;

use crate::work;

#[link(wasm_import_module = "seal0")]
unsafe extern "C" {
    fn input(out: *mut u8, len: *mut u32);
    fn seal_return(flags: u32, data: *const u8, len: u32) -> !;
    fn hash_keccak_256(data: *const u8, len: u32, out: *mut u8);
}

#[unsafe(no_mangle)]
extern "C" fn deploy() {}

#[unsafe(no_mangle)]
extern "C" fn call() {
    let (mut bytes, mut len) = ([0u8; 5], 5);
    // SAFETY: there are five bytes at the one, and that is said at the other.
    unsafe { input(bytes.as_mut_ptr(), &mut len) };
    let [function, argument @ ..] = bytes;
    let argument = u32::from_le_bytes(argument);
    let result = match work::ALL.get(usize::from(function)) {
        Some((_, function)) => function(argument),
        None => keccak_of_chain(argument),
    };
    let result = result.to_le_bytes();
    // SAFETY: the chain reads what is there, and nothing runs afterwards.
    unsafe { seal_return(0, result.as_ptr(), 8) }
}

fn keccak_of_chain(rounds: u32) -> u64 {
    let mut hash = [0u8; 32];
    for _ in 0..rounds {
        let mut next = [0; 32];
        // SAFETY: both have 32 bytes.
        unsafe { hash_keccak_256(hash.as_ptr(), 32, next.as_mut_ptr()) };
        hash = next;
    }
    work::first(&hash)
}

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
