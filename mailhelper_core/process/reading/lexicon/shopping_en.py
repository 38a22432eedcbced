"""English cues of mail about what was bought, sent or booked, by topic."""

from __future__ import annotations

CUES: dict[str, str] = {
    "order": (
        "your order, order!, orders, order number, order no, order id, order confirmation, order confirmed, "
        "order summary, order details, order total, order status, order received, order has been, ordered!, "
        "you ordered, thank you for your order, thanks for your order, thank you for your purchase, "
        "thanks for shopping, thank you for shopping, your purchase, purchase!, purchased!, purchases, "
        "purchase confirmation, items ordered, item, items, quantity, qty!, unit price, subtotal, shipping address, "
        "billing address, delivery address, shipping cost, estimated delivery, processing your order, "
        "preparing your order, pre order, preorder!, out of stock, back in stock, in stock, basket, cart, checkout, "
        "seller, buyer, merchant, order was cancelled, cancel your order, view your order, track your order"
    ),
    "delivery": (
        "shipped!, has shipped, shipping, shipment!, shipments!, shipping confirmation, dispatched!, despatched!, "
        "on its way, on the way, out for delivery, delivery!, deliveries, delivered!, has been delivered, "
        "was delivered, will be delivered, will arrive, arriving today, arriving tomorrow, arriving, "
        "estimated arrival, parcel!, parcels!, package!, packages!, tracking number, tracking!, tracking link, "
        "track your package, track your parcel, track it, courier!, carrier, driver, delivery date, delivery window, "
        "delivery time, delivery attempt, missed delivery, delivery update, expected delivery, proof of delivery, "
        "left with, neighbour, neighbor, safe place, signature required, in transit, handed over, warehouse!, depot, "
        "delayed, scheduled delivery, redelivery!, consignment!, freight!"
    ),
    "pickup": (
        "ready for collection, ready for pickup, ready to collect, ready to be collected, pick up, pickup!, "
        "pick it up, collect your, collect it, collection code, collection point, pickup point, pickup code, "
        "pick up code, locker!, parcel shop, parcel locker, post office, is waiting, waiting for you, held for, "
        "hold it for, kept for, collected by, bring id, photo id, bring ... id, collection, in store"
    ),
    "refund": (
        "refund!, refunds, refunded!, your refund, refund of, refund has been, your return, return request, "
        "return label, returned item, returns, returned, received your return, exchange, replacement!, credit note, "
        "money back, store credit, cancellation!, order cancelled, chargeback!, warranty!, reimburs*, return policy, "
        "original payment method, sent back, send back"
    ),
    "travel": (
        "booking!, booking confirmation, booking reference, booking number, your booking, booked, reservation!, "
        "reservation number, confirmation number, itinerary!, your trip, your journey, trip to, travel dates, "
        "flight!, flights!, flight number, your flight, boarding pass, boarding!, airline!, airport!, departure!, "
        "departures, departs, arrival, arrives, gate, terminal, baggage!, luggage!, seat, seats, seat number, "
        "check in online, online check in, web check in, e ticket, eticket!, train ticket, train, platform, coach, "
        "ferry, rental car, car rental, car hire, pick up location, drop off, travel documents, passenger!, "
        "passengers!, layover!, have a good trip, enjoy your trip, schedule change, passport, visa, fare, one way, "
        "round trip"
    ),
    "stay": (
        "hotel!, hotels, your stay, your room, double room, single room, room type, check in from, check in date, "
        "check out date, check out by, nights!, night stay, guests, host, your host, apartment, accommodation!, "
        "bed and breakfast, breakfast included, free cancellation, property, table reservation, your table, "
        "restaurant, table for, reservation for, we look forward to welcoming you, your reservation, your visit"
    ),
    "entry-ticket": (
        "your tickets, your ticket, tickets, tickets for, e tickets, admission!, box office, venue, doors open, row, "
        "section, seat, concert, show, performance, screening, print at home, mobile ticket, qr code, ticket order, "
        "general admission, barcode, cinema, theatre, theater, museum"
    ),
}
