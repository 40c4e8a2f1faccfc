//! Places in a document as the sender of XML knows them.

/// A JSON pointer as the path of an element: counted from 1, from the root.
pub(super) fn element_path(root: &str, pointer: &str) -> String {
    let mut path = format!("/{root}");
    for step in pointer.split('/').filter(|step| !step.is_empty()) {
        match step.parse::<usize>() {
            Ok(index) => path.push_str(&format!("[{}]", index + 1)),
            Err(_) => {
                path.push('/');
                path.push_str(step);
            }
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_becomes_the_path_of_an_element() {
        let path = element_path("arkivmelding", "/registrering/dokumentbeskrivelse/1/tittel");
        assert_eq!(path, "/arkivmelding/registrering/dokumentbeskrivelse[2]/tittel");
        assert_eq!(element_path("sok", ""), "/sok");
    }
}
