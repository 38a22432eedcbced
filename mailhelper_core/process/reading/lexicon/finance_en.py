"""English cues of mail about money, by topic."""

from __future__ import annotations

CUES: dict[str, str] = {
    "invoice": (
        "invoice!, invoices, invoice number, invoice no, invoice date, invoice attached, attached ... invoice, "
        "your invoice, your bill, bill is ready, your receipt, receipt!, receipts, receipt for, amount due, "
        "total due, due date, due on, payable, payment terms, payable by, payable within, please pay, remit, "
        "remittance!, subtotal, vat, vat number, net amount, gross amount, total amount, amount payable, "
        "purchase order, billing period, billing address, billing statement, billed, customer number, account number, "
        "credit note, pro forma, payment received, we received your payment, paid in full, payment reference, "
        "balance due, bill for"
    ),
    "dunning": (
        "overdue!, past due, payment reminder, outstanding balance, outstanding invoice, outstanding amount, unpaid!, "
        "still unpaid, remains unpaid, not received payment, have not received, final notice, final demand, late fee, "
        "late payment, late payment fee, settle ... invoice, settle the, please settle, arrears!, debt collection, "
        "collection agency, dunning!, friendly reminder, second reminder, final reminder, if you have already paid, "
        "already made payment, disregard this, pay ... immediately, payment is late"
    ),
    "bank-account": (
        "bank statement, account statement, e statement, estatement!, your statement, statement is ready, "
        "statement is available, statement for, monthly statement, online banking, current account, checking account, "
        "savings account, savings, account balance, available balance, low balance, your balance, overdraft!, "
        "interest rate, interest earned, sort code, routing number, iban, swift, debit card, your card ending, "
        "card ending in, credit card statement, minimum payment, direct deposit, account ending, your bank, branch, "
        "new document, documents are ready, secure inbox, paperless statement, standing order"
    ),
    "payment": (
        "payment!, payments, payment confirmation, payment of, payment to, payment from, you sent a payment, "
        "you paid, paid, sent you money, received money, money transfer, wire transfer, bank transfer, transferred, "
        "transfer of, transfer to, transaction!, transactions!, transaction id, payout!, deposited!, deposit, "
        "withdrawal!, withdrawn, credited!, has been credited, payment failed, payment was declined, "
        "declined payment, card was declined, payment method, update your card, has been processed, "
        "processed your payment, remitted!"
    ),
    "debit": (
        "direct debit, debited!, will be debited, will be charged, we will charge, have been charged, charged to, "
        "auto pay, autopay!, automatic payment, recurring payment, subscription renewal, subscription will renew, "
        "subscription has been renewed, your subscription, renews on, renewal date, will renew, next billing, "
        "next payment, monthly fee, annual fee, membership fee, price change, price increase, plan will, your plan, "
        "your contract, contract number, contract term, notice period, mandate!, mandate reference, "
        "collect ... account, premium will, monthly payment, policy renewal, tariff!"
    ),
    "tax": (
        "tax!, taxes!, tax return, tax office, tax authority, hmrc!, irs!, inland revenue, revenue service, "
        "tax assessment, tax notice, assessment notice, income tax, council tax, property tax, sales tax, tax refund, "
        "tax year, tax code, tax id, tax documents, self assessment, advance payment, notice of assessment, "
        "filing deadline, w 2, 1099, p60, penalty, fine, city council, local authority, case number, "
        "reference number, appeal, objection, supporting documents, submit ... documents, official notice, licence fee"
    ),
    "insurance": (
        "insurance!, insurer!, insurance policy, policy number, your policy, policyholder!, premium!, coverage!, "
        "your cover, claim number, your claim, insurance claim, deductible!, underwriter!, policy document, "
        "policy documents, renewal notice, life insurance, health insurance, home insurance, car insurance, "
        "liability insurance, pension!, pension fund, annuity!, contribution, no claims"
    ),
    "salary": (
        "salary!, payroll!, payslip!, pay slip, pay stub, paystub!, paycheck!, wages!, your pay, expense report, "
        "expense claim, expenses, reimbursement!, reimbursed!, bonus payment, overtime pay, timesheet!"
    ),
    "loan": (
        "loan!, loans, loan agreement, mortgage!, mortgage payment, credit card, credit limit, credit score, "
        "installment!, installments!, instalment!, instalments!, repayment!, repayments!, principal, refinanc*, "
        "leasing, lease payment, line of credit, interest, financing, apr!, security deposit"
    ),
    "investment": (
        "dividend!, dividends!, portfolio!, brokerage!, broker, shares, stock trade, trade confirmation, "
        "order executed, etf!, mutual fund, fund, bonds, securities!, your investments, investment account, "
        "capital gains, quarterly report, shareholder!, shareholders!, annual general meeting, yield"
    ),
    "utility": (
        "electricity bill, gas bill, water bill, phone bill, utility bill, energy bill, meter reading, kwh!, "
        "your usage, electricity, energy supplier, energy statement, broadband bill, service charge, rent payment, "
        "rent is due, your rent, monthly rent, annual statement, consumption, unit rate, energy usage, utilities"
    ),
    "donation": (
        "donation!, donations!, donated!, your gift, thank you for donating, thank you for your donation, "
        "donation receipt, gift aid, tax deductible, generous support, contribution of"
    ),
}
