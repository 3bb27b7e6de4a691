//! Parameters by name, `{"height": 0}`, put into the order that the methods read them in.
//!
//! The JSON-RPC interface specification wants both forms for all functions. [`Named`] is jsonrpsee middleware next to
//! the methods: names are those of the [`catalog`](crate::catalog), so every method takes them. A name that the method
//! does not have is an error, as a misspelt optional parameter would be left out silently otherwise.
//!
//! Out of scope: members of parameters that are objects themselves.

use std::{borrow::Cow, fmt};

use jsonrpsee::{
    MethodResponse,
    core::middleware::{Batch, Notification, Request, RpcServiceT},
};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::{
    catalog::{self, Method},
    error::{RpcResult, internal, invalid_params},
    limits::ARGUMENTS_MAX,
};

/// The middleware.
#[derive(Clone)]
pub struct Named<S>(pub S);

impl<S> RpcServiceT for Named<S>
where
    S: RpcServiceT<MethodResponse = MethodResponse> + Send + Sync + Clone + 'static,
{
    type MethodResponse = MethodResponse;
    type NotificationResponse = S::NotificationResponse;
    type BatchResponse = S::BatchResponse;

    fn call<'a>(&self, mut request: Request<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        let service = self.0.clone();
        let ordered = match (&request.params, catalog::by_name(&request.method)) {
            (Some(params), Some(method)) if params.get().trim_start().starts_with('{') => {
                in_order(method, params).map(Some)
            }
            _ => Ok(None),
        };
        async move {
            match ordered {
                Err(error) => return MethodResponse::error(request.id, error),
                Ok(Some(params)) => request.params = Some(Cow::Owned(params)),
                Ok(None) => {}
            }
            service.call(request).await
        }
    }

    fn batch<'a>(&self, batch: Batch<'a>) -> impl Future<Output = S::BatchResponse> + Send + 'a {
        self.0.batch(batch)
    }

    fn notification<'a>(&self, note: Notification<'a>) -> impl Future<Output = S::NotificationResponse> + Send + 'a {
        self.0.notification(note)
    }
}

/// The members of an object of parameters as an array; `null` for those that are left out.
fn in_order(method: &Method, params: &RawValue) -> RpcResult<Box<RawValue>> {
    let Members(members) = serde_json::from_str(params.get()).map_err(invalid_params)?;
    let names: Vec<_> = method.parameters().map(|parameter| parameter.name).collect();
    let mut ordered = vec!["null"; names.len()];
    for (name, value) in &members {
        let known = match method.parameters().next() {
            // The specification has more than one name for the subscription that is to end.
            Some(only) if names.len() == 1 && members.len() == 1 && only.kind == "SubscriptionId" => Some(0),
            _ => names.iter().position(|known| known == name),
        };
        let Some(position) = known else {
            let expected = if names.is_empty() { "there are none".to_owned() } else { names.join(", ") };
            let name = &name[..name.floor_char_boundary(64)];
            return Err(invalid_params(format_args!("no parameter has the name {name:?}; expected: {expected}")));
        };
        ordered[position] = value.get();
    }
    RawValue::from_string(format!("[{}]", ordered.join(","))).map_err(internal)
}

/// The members of an object in the order they stand, no more than a method may take.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Few;
        impl<'de> Visitor<'de> for Few {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of parameters")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members: Self::Value = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, _>()? {
                    if members.len() == ARGUMENTS_MAX {
                        return Err(A::Error::custom(format_args!("more than {ARGUMENTS_MAX} parameters")));
                    }
                    if members.iter().any(|(known, _)| *known == name) {
                        return Err(A::Error::custom("a parameter stands there twice"));
                    }
                    members.push((name, value));
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Few).map(Self)
    }
}

#[cfg(test)]
mod tests;
