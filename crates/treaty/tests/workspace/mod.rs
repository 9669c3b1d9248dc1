//! A workspace with one contract, and the binary called in it.

#![allow(dead_code, reason = "each test binary uses a part")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

pub(crate) const MANIFEST: &str =
    "# Kept.\nname = \"shop.orders\"\nversion = \"0.0.0\"\nowner = \"orders team\"\n";
pub(crate) const ORDERS: &str = r#"syntax = "proto3";

package shop.orders.v1;

service OrdersService {
  rpc GetOrder(GetOrderRequest) returns (GetOrderResponse);
}

message GetOrderRequest {
  string order_id = 1;
}

message GetOrderResponse {
  string order_id = 1;
  string note = 2;
}
"#;
pub(crate) const MANIFEST_PATH: &str = "proto/shop/orders/contract.toml";
pub(crate) const ORDERS_PATH: &str = "proto/shop/orders/v1/orders.proto";

/// A workspace with one contract, and the means to call the binary in it.
pub(crate) struct Workspace(pub(crate) TempDir);

impl Workspace {
    pub(crate) fn new() -> Self {
        let workspace = Self(TempDir::new().unwrap());
        workspace.write(MANIFEST_PATH, MANIFEST);
        workspace.write(ORDERS_PATH, ORDERS);
        workspace
    }

    /// With 1.0.0, and 1.1.0 that added `note`.
    pub(crate) fn released() -> Self {
        let workspace = Self::new();
        workspace.write(ORDERS_PATH, &ORDERS.replace("  string note = 2;\n", ""));
        workspace.run(&["release", "shop.orders"]).expect(0);
        workspace.write(ORDERS_PATH, ORDERS);
        workspace.run(&["release", "shop.orders"]).expect(0);
        workspace
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_treaty"));
        Ran(command.current_dir(self.path()).args(arguments).output().unwrap())
    }

    pub(crate) fn git(&self, arguments: &[&str]) {
        let identity =
            ["-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "commit.gpgsign=false"];
        let mut command = Command::new("git");
        command.current_dir(self.path()).env("GIT_CONFIG_GLOBAL", "/dev/null");
        let output = command.args(identity).args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
}

pub(crate) struct Ran(pub(crate) Output);

impl Ran {
    /// What it printed, if it ended with this code.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> String {
        let text = String::from_utf8([self.0.stdout, self.0.stderr].concat()).unwrap();
        assert_eq!(self.0.status.code(), Some(code), "{text}");
        text
    }

    /// That it ended with this code and said all of this.
    #[track_caller]
    pub(crate) fn says(self, code: i32, words: &[&str]) {
        let text = self.expect(code);
        for word in words {
            assert!(text.contains(word), "`{word}` is missing in:\n{text}");
        }
    }
}
