//! The name of a field in JSON where its source gives none. — *Source*: `ToJsonName` of protoc.

/// `lower_snake` as `lowerSnake`: without underscores, the letter behind each in upper case.
#[must_use]
pub fn default_json_name(name: &str) -> String {
    let mut json = String::with_capacity(name.len());
    let mut is_next_upper = false;
    for letter in name.chars() {
        match letter {
            '_' => is_next_upper = true,
            letter if std::mem::take(&mut is_next_upper) => json.push(letter.to_ascii_uppercase()),
            letter => json.push(letter),
        }
    }
    json
}

#[cfg(test)]
mod tests {
    use super::default_json_name;

    #[test]
    fn underscores_go_and_what_follows_is_upper() {
        let names = ["order_id", "_a", "a__b_", "UPPER_case", "é_é", "x_1"];
        assert_eq!(names.map(default_json_name), ["orderId", "A", "aB", "UPPERCase", "éé", "x1"]);
    }
}
