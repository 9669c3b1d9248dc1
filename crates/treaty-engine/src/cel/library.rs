//! What functions there are, and of which types. — *Source*: cel-go's standard library and string
//! extensions, and protovalidate's own functions.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::types::Type;

/// One way to call a function.
#[derive(Debug)]
pub(super) struct Overload {
    /// Called as `a.f(b)`; `a` is then the first parameter.
    pub(super) method: bool,
    pub(super) parameters: Vec<Type>,
    pub(super) result: Type,
}

/// The types that stand for any type in a signature.
pub(super) const GENERIC: [u32; 2] = [0, 1];

/// `name parameters result`, of methods with a dot before the name; A and B are any type.
const SIGNATURES: &str = "
_?_:_ bool,A,A A
_&&_ bool,bool bool
_||_ bool,bool bool
!_ bool bool
_==_ A,A bool
_!=_ A,A bool
_+_ bytes,bytes bytes
_+_ double,double double
_+_ duration,duration duration
_+_ duration,timestamp timestamp
_+_ timestamp,duration timestamp
_+_ int,int int
_+_ [A],[A] [A]
_+_ string,string string
_+_ uint,uint uint
_-_ double,double double
_-_ duration,duration duration
_-_ int,int int
_-_ timestamp,duration timestamp
_-_ timestamp,timestamp duration
_-_ uint,uint uint
_/_ double,double double
_/_ int,int int
_/_ uint,uint uint
_*_ double,double double
_*_ int,int int
_*_ uint,uint uint
_%_ int,int int
_%_ uint,uint uint
-_ double double
-_ int int
_[_] [A],int A
_[_] {A:B},A B
@in A,[A] bool
@in A,{A:B} bool
size bytes int
size [A] int
size {A:B} int
size string int
.size bytes int
.size [A] int
.size {A:B} int
.size string int
type A type(A)
bool bool bool
bool string bool
bytes bytes bytes
bytes string bytes
double double double
double int double
double string double
double uint double
duration duration duration
duration string duration
dyn A dyn
int int int
int double int
int duration int
int string int
int timestamp int
int uint int
string string string
string bool string
string bytes string
string double string
string duration string
string int string
string timestamp string
string uint string
timestamp timestamp timestamp
timestamp int timestamp
timestamp string timestamp
uint uint uint
uint double uint
uint int uint
uint string uint
.contains string,string bool
.contains bytes,bytes bool
.endsWith string,string bool
.endsWith bytes,bytes bool
.startsWith string,string bool
.startsWith bytes,bytes bool
matches string,string bool
.matches string,string bool
.getFullYear timestamp int
.getFullYear timestamp,string int
.getMonth timestamp int
.getMonth timestamp,string int
.getDayOfYear timestamp int
.getDayOfYear timestamp,string int
.getDayOfMonth timestamp int
.getDayOfMonth timestamp,string int
.getDate timestamp int
.getDate timestamp,string int
.getDayOfWeek timestamp int
.getDayOfWeek timestamp,string int
.getHours timestamp int
.getHours timestamp,string int
.getHours duration int
.getMinutes timestamp int
.getMinutes timestamp,string int
.getMinutes duration int
.getSeconds timestamp int
.getSeconds timestamp,string int
.getSeconds duration int
.getMilliseconds timestamp int
.getMilliseconds timestamp,string int
.getMilliseconds duration int
.charAt string,int string
.indexOf string,string int
.indexOf string,string,int int
.lastIndexOf string,string int
.lastIndexOf string,string,int int
.lowerAscii string string
.upperAscii string string
.replace string,string,string string
.replace string,string,string,int string
.split string,string [string]
.split string,string,int [string]
.substring string,int string
.substring string,int,int string
.trim string string
.format string,[dyn] string
strings.quote string string
.join [string] string
.join [string],string string
.reverse string string
.unique [bool] bool
.unique [int] bool
.unique [uint] bool
.unique [double] bool
.unique [string] bool
.unique [bytes] bool
getField dyn,string dyn
.isNan double bool
.isInf double bool
.isInf double,int bool
.isHostname string bool
.isEmail string bool
.isIp string bool
.isIp string,int bool
.isIpPrefix string bool
.isIpPrefix string,int bool
.isIpPrefix string,bool bool
.isIpPrefix string,int,bool bool
.isUri string bool
.isUriRef string bool
.isHostAndPort string,bool bool
";

/// What can be ordered, also ints with uints and doubles.
const ORDERED: [(&str, &[&str]); 8] = [
    ("bool", &["bool"]),
    ("int", &["int", "double", "uint"]),
    ("uint", &["uint", "double", "int"]),
    ("double", &["double", "int", "uint"]),
    ("string", &["string"]),
    ("bytes", &["bytes"]),
    ("timestamp", &["timestamp"]),
    ("duration", &["duration"]),
];

static FUNCTIONS: LazyLock<HashMap<&'static str, Vec<Overload>>> = LazyLock::new(|| {
    let mut functions: HashMap<&str, Vec<Overload>> = HashMap::new();
    for line in SIGNATURES.lines() {
        let mut words = line.split(' ');
        let (Some(name), Some(parameters), Some(result)) =
            (words.next(), words.next(), words.next())
        else {
            continue;
        };
        let method = name.starts_with('.');
        let parameters = parameters.split(',').map(parsed).collect();
        let overload = Overload { method, parameters, result: parsed(result) };
        functions.entry(name.trim_start_matches('.')).or_default().push(overload);
    }
    for name in ["_<_", "_<=_", "_>_", "_>=_"] {
        for (left, rights) in ORDERED {
            for right in rights {
                let parameters = vec![parsed(left), parsed(right)];
                let overload = Overload { method: false, parameters, result: Type::Bool };
                functions.entry(name).or_default().push(overload);
            }
        }
    }
    functions
});

/// The ways to call a function; none where there is no such function.
pub(super) fn overloads(name: &str) -> Option<&'static [Overload]> {
    FUNCTIONS.get(name).map(Vec::as_slice)
}

fn parsed(text: &str) -> Type {
    let inside = |open: &str, close: &str| text.strip_prefix(open)?.strip_suffix(close);
    match text {
        "A" => Type::Variable(GENERIC[0]),
        "B" => Type::Variable(GENERIC[1]),
        _ => named(text)
            .or_else(|| Some(Type::list(parsed(inside("[", "]")?))))
            .or_else(|| Some(Type::Meta(Box::new(parsed(inside("type(", ")")?)))))
            .or_else(|| {
                let (key, value) = inside("{", "}")?.split_once(':')?;
                Some(Type::map(parsed(key), parsed(value)))
            })
            .unwrap_or(Type::Dyn),
    }
}

/// The types that have names of their own.
pub(super) fn named(name: &str) -> Option<Type> {
    Some(match name {
        "bool" => Type::Bool,
        "int" => Type::Int,
        "uint" => Type::Uint,
        "double" => Type::Double,
        "string" => Type::Text,
        "bytes" => Type::Bytes,
        "duration" | "google.protobuf.Duration" => Type::Duration,
        "timestamp" | "google.protobuf.Timestamp" => Type::Timestamp,
        "dyn" => Type::Dyn,
        "null_type" => Type::Null,
        _ => return None,
    })
}
