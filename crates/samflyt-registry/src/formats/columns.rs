//! The columns of both records. Each answers provisions, which are configuration: law changes, and so do its numbers.

/// One column.
pub(super) struct Column {
    /// Names it in JSON and in configuration.
    pub key: &'static str,
    pub heading: &'static str,
}

const fn column(key: &'static str, heading: &'static str) -> Column {
    Column { key, heading }
}

/// Of the controller's record.
pub(super) const CONTROLLER: &[Column] = &[
    column("controller", "Controller"),
    column("organisation_number", "Organisation number"),
    column("controller_contact", "Contact details of the controller"),
    column("joint_controllers", "Joint controllers"),
    column("representative", "Representative"),
    column("data_protection_officer", "Data protection officer"),
    column("activity", "Activity"),
    column("title", "Information"),
    column("purpose", "Purpose"),
    column("legal_basis", "Legal basis"),
    column("person_categories", "Categories of persons"),
    column("data_categories", "Categories of personal data"),
    column("special_categories", "Special categories or offences"),
    column("recipients", "Categories of recipients"),
    column("processors", "Processors"),
    column("transfers", "Transfers to third countries"),
    column("safeguards", "Safeguards of transfers"),
    column("retention", "Time limit for erasure"),
    column("security", "Security measures"),
    column("source", "System"),
    column("storage", "Place of storage"),
    column("services", "Services that need it"),
];

/// Of the processor's.
pub(super) const PROCESSOR: &[Column] = &[
    column("processor", "Processor"),
    column("processor_organisation", "Organisation number of the processor"),
    column("processor_contact", "Contact details of the processor"),
    column("processor_representative", "Representative of the processor"),
    column("processor_data_protection_officer", "Data protection officer of the processor"),
    column("controller", "Controller"),
    column("organisation_number", "Organisation number of the controller"),
    column("controller_contact", "Contact details of the controller"),
    column("representative", "Representative of the controller"),
    column("data_protection_officer", "Data protection officer of the controller"),
    column("processing", "Categories of processing"),
    column("data_categories", "Categories of personal data"),
    column("sub_processors", "Sub-processors"),
    column("transfers", "Transfers to third countries"),
    column("safeguards", "Safeguards of transfers"),
    column("security", "Security measures"),
    column("system", "System"),
    column("storage", "Place of storage"),
    column("valid_until", "Agreement valid until"),
];
