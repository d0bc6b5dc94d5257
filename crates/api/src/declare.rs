//! The macros in which generated files declare structures, unions, enumerations and operations.

/// Declares a structure: its Rust type and its table, one line a member.
#[macro_export]
macro_rules! structure {
    ($table:ident $name:ident ($($default:ident)?) {
        $($need:ident $location:ident $field:ident : $type:ty = $member:literal $wire:literal $shape:path
            $(, default $value:literal)?;)*
    }) => {
        #[doc = concat!("The `", stringify!($name), "` structure of the model.")]
        #[derive(Clone, Debug, PartialEq $(, $default)?)]
        pub struct $name {
            $(pub $field: $crate::slot_type!($need $type),)*
        }

        pub static $table: $crate::shape::Shape = $crate::shape::Shape::Structure($crate::shape::Structure {
            name: stringify!($name),
            members: &[$($crate::shape::Member {
                name: $member,
                wire: $wire,
                shape: &$shape,
                required: $crate::slot_required!($need),
                location: $crate::shape::Location::$location,
                default: $crate::slot_default!($($value)?),
            },)*],
            union: false,
        });

        impl $crate::Typed for $name {
            #[allow(unused_mut, unused_variables, reason = "a structure may have no members")]
            fn from_node(node: $crate::Node) -> ::std::result::Result<Self, $crate::Mismatch> {
                let mut slots = node.into_slots()?;
                Ok($name { $($field: $crate::slot_read!($need slots),)* })
            }

            fn into_node(self) -> $crate::Node {
                $crate::Node::Structure(::std::vec![$($crate::slot_write!($need self.$field),)*])
            }
        }
    };
}

/// Declares what a structure inside a document is: its table alone.
#[macro_export]
macro_rules! form {
    ($table:ident $name:ident { $($member:literal $shape:path;)* }) => {
        pub static $table: $crate::shape::Shape = $crate::shape::Shape::Structure($crate::shape::Structure {
            name: stringify!($name),
            members: &[$($crate::shape::Member {
                name: $member,
                wire: $member,
                shape: &$shape,
                required: false,
                location: $crate::shape::Location::Body,
                default: ::std::option::Option::None,
            },)*],
            union: false,
        });
    };
}

#[macro_export]
#[doc(hidden)]
macro_rules! slot_type {
    (req $type:ty) => { $type };
    (opt $type:ty) => { ::std::option::Option<$type> };
}

#[macro_export]
#[doc(hidden)]
macro_rules! slot_required {
    (req) => {
        true
    };
    (opt) => {
        false
    };
}

#[macro_export]
#[doc(hidden)]
macro_rules! slot_default {
    () => {
        ::std::option::Option::None
    };
    ($value:literal) => {
        ::std::option::Option::Some($value)
    };
}

#[macro_export]
#[doc(hidden)]
macro_rules! slot_read {
    (req $slots:ident) => {
        $crate::node::required(&mut $slots)?
    };
    (opt $slots:ident) => {
        $crate::node::optional(&mut $slots)?
    };
}

#[macro_export]
#[doc(hidden)]
macro_rules! slot_write {
    (req $value:expr) => {
        ::std::option::Option::Some($crate::Typed::into_node($value))
    };
    (opt $value:expr) => {
        $value.map($crate::Typed::into_node)
    };
}

/// Declares a union: a Rust enum with one variant a member, and its table.
#[macro_export]
macro_rules! union {
    ($table:ident $name:ident { $($variant:ident ( $type:ty ) = $member:literal $wire:literal $shape:path;)* }) => {
        #[doc = concat!("The `", stringify!($name), "` union of the model.")]
        #[derive(Clone, Debug, PartialEq)]
        pub enum $name {
            $($variant($type),)*
        }

        pub static $table: $crate::shape::Shape = $crate::shape::Shape::Structure($crate::shape::Structure {
            name: stringify!($name),
            members: &[$($crate::shape::Member {
                name: $member,
                wire: $wire,
                shape: &$shape,
                required: false,
                location: $crate::shape::Location::Body,
                default: ::std::option::Option::None,
            },)*],
            union: true,
        });

        impl $crate::Typed for $name {
            fn from_node(node: $crate::Node) -> ::std::result::Result<Self, $crate::Mismatch> {
                let $crate::Node::Union(place, value) = node else {
                    return Err($crate::Mismatch(stringify!($name)));
                };
                let mut _next = 0;
                $(
                    if place == _next {
                        return $crate::Typed::from_node(*value).map($name::$variant);
                    }
                    _next += 1;
                )*
                Err($crate::Mismatch(stringify!($name)))
            }

            fn into_node(self) -> $crate::Node {
                let (member, value) = match self {
                    $($name::$variant(value) => ($member, $crate::Typed::into_node(value)),)*
                };
                let place = $crate::shape::structure(&$table).place(member).unwrap_or_default();
                $crate::Node::Union(place, ::std::boxed::Box::new(value))
            }
        }
    };
}

/// Declares an enumeration of texts.
#[macro_export]
macro_rules! enumeration {
    ($table:ident $name:ident { $($variant:ident = $value:literal,)* }) => {
        #[doc = concat!("The `", stringify!($name), "` enumeration of the model.")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($variant,)*
        }

        pub static $table: $crate::shape::Shape = $crate::shape::text_of($name::VALUES);

        impl $name {
            pub const VALUES: &'static [&'static str] = &[$($value,)*];

            /// The value as the wire spells it.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $value,)* }
            }

            /// The value that the wire spells so, if there is one.
            pub fn parse(text: &str) -> ::std::option::Option<$name> {
                match text { $($value => Some($name::$variant),)* _ => None }
            }
        }

        impl $crate::Typed for $name {
            fn from_node(node: $crate::Node) -> ::std::result::Result<Self, $crate::Mismatch> {
                let text = <::std::string::String as $crate::Typed>::from_node(node)?;
                $name::parse(&text).ok_or($crate::Mismatch(stringify!($name)))
            }

            fn into_node(self) -> $crate::Node {
                $crate::Node::Text(self.as_str().into())
            }
        }
    };
}

/// Declares an operation: its marker type and its row.
#[macro_export]
macro_rules! operation {
    ($row:ident $name:ident $function:literal {
        $kind:ident $method:literal $uri:literal $status:literal;
        action $service:literal $action:literal;
        input $input:ty = $input_table:expr;
        output $output:ty = $output_table:expr;
        errors $($error:ident)*;
        pages $pages:expr;
        token $token:expr;
    }) => {
        #[doc = concat!("The `", stringify!($name), "` operation of `", $service, "`.")]
        #[derive(Debug)]
        pub struct $name;

        impl $crate::Operation for $name {
            type Input = $input;
            type Output = $output;

            fn spec() -> &'static $crate::Spec {
                &$row
            }
        }

        static $row: $crate::Spec = $crate::Spec {
            name: stringify!($name),
            function: $function,
            service: $service,
            method: $method,
            uri: $uri,
            status: $status,
            input: $input_table,
            output: $output_table,
            errors: &[$(&$error,)*],
            action: concat!($service, ":", $action),
            pages: $pages,
            token: $token,
            reads: $crate::operation_reads!($kind),
        };
    };
}

#[macro_export]
#[doc(hidden)]
macro_rules! operation_reads {
    (reads) => {
        true
    };
    (writes) => {
        false
    };
}
