//! A ZRC-20, as the checker would lower it.

use crate::ir::{
    Binary, Cell, CellId, Comparison, Context, Event, EventField, EventId, Expression, FunctionBuilder, FunctionId,
    Integer, Program, Statement, Type,
};

struct Token {
    program: Program,
    total: CellId,
    owner: CellId,
    paused: CellId,
    balances: CellId,
    allowances: CellId,
    transfer: EventId,
    approval: EventId,
}

/// The contract: all of the standard's actions, with `mint`, `burn` and a pause.
pub(crate) fn program() -> Program {
    let mut program = Program::new("Token");
    let total = program.add_cell(Cell::plain("total", &[], Type::INTEGER));
    let balances = program.add_cell(Cell::plain("balances", &[Type::Address], Type::INTEGER));
    let allowances = program.add_cell(Cell::plain("allowances", &[Type::Address, Type::Address], Type::INTEGER));
    let owner = program.add_cell(Cell::plain("owner", &[], Type::Address));
    let paused = program.add_cell(Cell::plain("paused", &[], Type::Boolean));
    let transfer = program.add_event(event("Transfer", ["from", "to", "amount"]));
    let approval = program.add_event(event("Approval", ["owner", "spender", "amount"]));
    let mut token = Token { program, total, owner, paused, balances, allowances, transfer, approval };

    for (name, text) in [("name", "Example"), ("symbol", "EXM")] {
        let value = Statement::Return(Some(Expression::string(text)));
        token.view(name, FunctionBuilder::new(name, Type::String), vec![value]);
    }
    let decimals = Statement::Return(Some(Expression::integer(Integer::U8, 18)));
    token.view("decimals", FunctionBuilder::new("decimals", Type::U8), vec![decimals]);
    let supply = Statement::Return(Some(token.read(total, vec![])));
    token.view("total_supply", FunctionBuilder::new("total_supply", Type::INTEGER), vec![supply]);
    token.constructor();
    token.balance_of();
    token.allowance();
    let move_tokens = token.move_tokens();
    token.transfer(move_tokens);
    token.approve();
    token.transfer_from(move_tokens);
    token.mint();
    token.burn();
    token.pause();
    token.program
}

fn event(name: &str, [from, to, amount]: [&str; 3]) -> Event {
    let field = |name: &str, ty, indexed| EventField { name: name.into(), ty, indexed, data: true };
    let fields =
        vec![field(from, Type::Address, true), field(to, Type::Address, true), field(amount, Type::INTEGER, false)];
    Event { name: name.into(), signature: format!("{name}(Address,Address,integer)"), fields }
}

fn caller() -> Expression {
    Expression::context(Context::Caller)
}

fn nothing() -> Expression {
    Expression::integer(Integer::I256, 0)
}

fn succeed() -> Statement {
    Statement::Return(Some(Expression::boolean(true)))
}

impl Token {
    fn read(&self, cell: CellId, keys: Vec<Expression>) -> Expression {
        Expression::read(&self.program, cell, keys)
    }

    /// `cell[keys] += amount`, or with another operator.
    fn change(&self, cell: CellId, keys: Vec<Expression>, operator: Binary, amount: Expression) -> Statement {
        let value = self.read(cell, keys.clone()).binary(operator, amount);
        Statement::Write(cell, keys, value)
    }

    fn view(&mut self, name: &str, function: FunctionBuilder, body: Vec<Statement>) {
        let function = self.program.add_function(function.finish(body));
        self.program.add_message(name, function).mutates = false;
    }

    fn message(&mut self, name: &str, function: FunctionBuilder, body: Vec<Statement>) {
        let function = self.program.add_function(function.finish(body));
        self.program.add_message(name, function);
    }

    fn only_owner(&self) -> Statement {
        let is_owner = caller().compare(Comparison::Equal, self.read(self.owner, vec![]));
        Statement::require(is_owner, Expression::string("not the owner"))
    }

    fn constructor(&mut self) {
        let mut f = FunctionBuilder::new("constructor", Type::Unit);
        let supply = f.parameter("supply", Type::INTEGER);
        let body = [
            Statement::Write(self.owner, vec![], caller()),
            Statement::Write(self.total, vec![], f.get(supply)),
            Statement::Write(self.balances, vec![caller()], f.get(supply)),
            Statement::Emit(self.transfer, vec![Expression::zero(Type::Address), caller(), f.get(supply)]),
        ];
        let function = self.program.add_function(f.finish(body));
        self.program.add_constructor("constructor", function);
    }

    fn balance_of(&mut self) {
        let mut f = FunctionBuilder::new("balance_of", Type::INTEGER);
        let account = f.parameter("account", Type::Address);
        let body = vec![Statement::Return(Some(self.read(self.balances, vec![f.get(account)])))];
        self.view("balance_of", f, body);
    }

    fn allowance(&mut self) {
        let mut f = FunctionBuilder::new("allowance", Type::INTEGER);
        let (owner, spender) = (f.parameter("owner", Type::Address), f.parameter("spender", Type::Address));
        let body = vec![Statement::Return(Some(self.read(self.allowances, vec![f.get(owner), f.get(spender)])))];
        self.view("allowance", f, body);
    }

    /// Private: what `transfer` and `transfer_from` share.
    fn move_tokens(&mut self) -> FunctionId {
        let mut f = FunctionBuilder::new("move_tokens", Type::Unit);
        let (from, to) = (f.parameter("from", Type::Address), f.parameter("to", Type::Address));
        let amount = f.parameter("amount", Type::INTEGER);
        let running = self.read(self.paused, vec![]).unary(crate::ir::Unary::Not);
        let enough = self.read(self.balances, vec![f.get(from)]).compare(Comparison::GreaterOrEqual, f.get(amount));
        let body = [
            Statement::require(running, Expression::string("paused")),
            Statement::require(
                f.get(amount).compare(Comparison::Greater, nothing()),
                Expression::string("amount must be positive"),
            ),
            Statement::require(enough, Expression::string("insufficient balance")),
            self.change(self.balances, vec![f.get(from)], Binary::Subtract, f.get(amount)),
            self.change(self.balances, vec![f.get(to)], Binary::Add, f.get(amount)),
            Statement::Emit(self.transfer, vec![f.get(from), f.get(to), f.get(amount)]),
        ];
        self.program.add_function(f.finish(body))
    }

    fn transfer(&mut self, move_tokens: FunctionId) {
        let mut f = FunctionBuilder::new("transfer", Type::Boolean);
        let (to, amount) = (f.parameter("to", Type::Address), f.parameter("amount", Type::INTEGER));
        let call = Expression::call(&self.program, move_tokens, vec![caller(), f.get(to), f.get(amount)]);
        self.message("transfer", f, vec![Statement::Evaluate(call), succeed()]);
    }

    fn approve(&mut self) {
        let mut f = FunctionBuilder::new("approve", Type::Boolean);
        let (spender, amount) = (f.parameter("spender", Type::Address), f.parameter("amount", Type::INTEGER));
        let body = vec![
            Statement::require(
                f.get(amount).compare(Comparison::GreaterOrEqual, nothing()),
                Expression::string("amount must not be negative"),
            ),
            Statement::Write(self.allowances, vec![caller(), f.get(spender)], f.get(amount)),
            Statement::Emit(self.approval, vec![caller(), f.get(spender), f.get(amount)]),
            succeed(),
        ];
        self.message("approve", f, body);
    }

    fn transfer_from(&mut self, move_tokens: FunctionId) {
        let mut f = FunctionBuilder::new("transfer_from", Type::Boolean);
        let (from, to) = (f.parameter("from", Type::Address), f.parameter("to", Type::Address));
        let amount = f.parameter("amount", Type::INTEGER);
        let keys = vec![f.get(from), caller()];
        let enough = self.read(self.allowances, keys.clone()).compare(Comparison::GreaterOrEqual, f.get(amount));
        let call = Expression::call(&self.program, move_tokens, vec![f.get(from), f.get(to), f.get(amount)]);
        let body = vec![
            Statement::require(enough, Expression::string("insufficient allowance")),
            self.change(self.allowances, keys, Binary::Subtract, f.get(amount)),
            Statement::Evaluate(call),
            succeed(),
        ];
        self.message("transfer_from", f, body);
    }

    fn mint(&mut self) {
        let mut f = FunctionBuilder::new("mint", Type::Unit);
        let (to, amount) = (f.parameter("to", Type::Address), f.parameter("amount", Type::INTEGER));
        let body = vec![
            self.only_owner(),
            Statement::require(
                f.get(amount).compare(Comparison::Greater, nothing()),
                Expression::string("amount must be positive"),
            ),
            self.change(self.total, vec![], Binary::Add, f.get(amount)),
            self.change(self.balances, vec![f.get(to)], Binary::Add, f.get(amount)),
            Statement::Emit(self.transfer, vec![Expression::zero(Type::Address), f.get(to), f.get(amount)]),
        ];
        self.message("mint", f, body);
    }

    fn burn(&mut self) {
        let mut f = FunctionBuilder::new("burn", Type::Unit);
        let amount = f.parameter("amount", Type::INTEGER);
        let enough = self.read(self.balances, vec![caller()]).compare(Comparison::GreaterOrEqual, f.get(amount));
        let body = vec![
            Statement::require(
                f.get(amount).compare(Comparison::Greater, nothing()),
                Expression::string("amount must be positive"),
            ),
            Statement::require(enough, Expression::string("insufficient balance")),
            self.change(self.total, vec![], Binary::Subtract, f.get(amount)),
            self.change(self.balances, vec![caller()], Binary::Subtract, f.get(amount)),
            Statement::Emit(self.transfer, vec![caller(), Expression::zero(Type::Address), f.get(amount)]),
        ];
        self.message("burn", f, body);
    }

    fn pause(&mut self) {
        for (name, value) in [("pause", true), ("unpause", false)] {
            let body = vec![self.only_owner(), Statement::Write(self.paused, vec![], Expression::boolean(value))];
            self.message(name, FunctionBuilder::new(name, Type::Unit), body);
        }
    }
}
