use super::*;
use crate::end_to_end::transfers;

const ACCOUNTS: u32 = 60;

/// What the event of a transaction tells if its call succeeded.
fn moved(accounts: &[Account], transaction: &Transaction) -> Moved {
    let address = |index: u32| accounts[index as usize].address;
    let from = address(transaction.from);
    match transaction.act {
        Act::Deploy { supply } => Moved { by: [0; 32], from: [0; 20], to: from, tokens: supply },
        Act::Give { to, tokens } => Moved { by: [0; 32], from, to: address(to), tokens },
        Act::Pay { .. } => panic!("no money is moved"),
    }
}

#[test]
fn everybody_has_the_tokens_before_sending_them() {
    for count in [0, 1, 2, 5, 500] {
        let (transactions, parts) = plan(ACCOUNTS, count);
        let begin = parts.last().expect("there are parts").end as usize;
        assert_eq!(transactions.len(), begin + count);
        let measured = begin as u32..transactions.len() as u32;
        let mut held = vec![0; ACCOUNTS as usize];
        let mut next = 0;
        for part in parts.into_iter().chain([measured]) {
            assert_eq!(part.start, next, "parts follow each other");
            next = part.end;
            // In any order: what is received in a part can't be counted on in it.
            let mut received = vec![0; ACCOUNTS as usize];
            for transaction in &transactions[part.start as usize..part.end as usize] {
                match transaction.act {
                    Act::Deploy { supply } => received[transaction.from as usize] += supply,
                    Act::Give { to, tokens } => {
                        let has: &mut u64 = &mut held[transaction.from as usize];
                        *has = has.checked_sub(tokens).expect("it has them");
                        received[to as usize] += tokens;
                    }
                    Act::Pay { .. } => panic!("no money is moved"),
                }
            }
            held.iter_mut().zip(received).for_each(|(held, received)| *held += received);
        }
    }
}

#[test]
fn events_of_all_calls_are_accepted_once() {
    let accounts = transfers::accounts(ACCOUNTS);
    let (transactions, _) = plan(ACCOUNTS, 100);
    let mut books = Books::new(&accounts, &transactions);
    for (place, transaction) in (0..).zip(&transactions) {
        assert!(books.all_noted().is_err());
        books.note(Some(place), &moved(&accounts, transaction)).expect("it is the transaction's");
        assert!(books.note(Some(place), &moved(&accounts, transaction)).is_err(), "the second time");
    }
    books.all_noted().expect("all are there");
}

#[test]
fn event_that_no_call_should_have_left_is_refused() {
    let accounts = transfers::accounts(ACCOUNTS);
    let (transactions, _) = plan(ACCOUNTS, 100);
    let mut books = Books::new(&accounts, &transactions);
    let place = transactions.len() - 1;
    let good = moved(&accounts, &transactions[place]);
    let place = Some(place as u32);
    assert!(books.note(None, &good).is_err());
    assert!(books.note(Some(transactions.len() as u32), &good).is_err());
    assert!(books.note(place, &Moved { tokens: good.tokens + 1, ..good }).is_err());
    assert!(books.note(place, &Moved { from: [0; 20], ..good }).is_err());
    assert!(books.note(place, &Moved { to: [0; 20], ..good }).is_err());
    books.note(place, &good).expect("the right one");
}

#[test]
fn balances_are_what_is_left_after_all_calls() {
    let accounts = transfers::accounts(101);
    let acts = [
        (0, Act::Deploy { supply: 100 }),
        (0, Act::Give { to: 50, tokens: 30 }),
        (50, Act::Give { to: 3, tokens: 10 }),
    ];
    let transactions = in_order(acts);
    let balances: Vec<_> =
        Books::new(&accounts, &transactions).balances().map(|(of, tokens)| (of.address, tokens)).collect();
    assert_eq!(balances, [(accounts[0].address, 70), (accounts[50].address, 20), (accounts[100].address, 0)]);
}
